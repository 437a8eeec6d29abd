-- Calls listened to, the newest first; a handler's own only.
--@ seen call_listening:{listening_id}:{version}
--@ cursor occurred_at, listening_id
select l.listening_id, l.contact_id, l.handler, l.manner, to_jsonb(l.themes) as themes, l.notes, l.occurred_at, l.compliant, l.faults,
       l.recorded_by, l.recorded_at, l.version
from   call_listening l
where  l.force_id = :force
--? handler  and l.handler = :handler
--? contactId  and l.contact_id = :contactId
--? cursor  and (l.occurred_at, l.listening_id) < ((:cursor::jsonb ->> 0)::timestamptz, (:cursor::jsonb ->> 1)::uuid)
order  by l.occurred_at desc, l.listening_id desc limit :fetch
