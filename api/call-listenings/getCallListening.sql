-- One call that was listened to; a handler's own only.
--@ seen call_listening:{listening_id}:{version}
select l.listening_id, l.contact_id, l.handler, l.manner, to_jsonb(l.themes) as themes, l.notes, l.occurred_at, l.compliant, l.faults,
       l.recorded_by, l.recorded_at, l.version,
       l.version as "@etag"
from   call_listening l
where  l.force_id = :force and l.listening_id = :listeningId
