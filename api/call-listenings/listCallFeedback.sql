-- Feedback on calls, the newest first; a handler's own only.
--@ cursor occurred_at, feedback_id
select f.feedback_id, f.listening_id, f.contact_id, f.handler, f.themes, f.strengths, f.improvements, f.occurred_at, f.compliant, f.faults,
       f.acknowledged, f.acknowledgement, f.recorded_by, f.recorded_at, f.version,
       f.seen as "@seen"
from   call_feedback_shown f
where  f.force_id = :force
--? handler  and f.handler = :handler
--? listeningId  and f.listening_id = :listeningId
--? acknowledged  and f.acknowledged = :acknowledged::boolean
--? cursor  and (f.occurred_at, f.feedback_id) < ((:cursor::jsonb ->> 0)::timestamptz, (:cursor::jsonb ->> 1)::uuid)
order  by f.occurred_at desc, f.feedback_id desc limit :fetch
