-- Says that a session was held, or is cancelled. The move is kept as a fact of its own.
select refuse_faults(future_faults(:occurredAt::timestamptz, '/occurredAt'))
from   seen_session(:sessionId);

update training_session
set    status = :to, reason = :reason,
       held_at = case when :to = 'held' then coalesce(:occurredAt::timestamptz, domain_now()) end,
       status_since = coalesce(:occurredAt::timestamptz, domain_now()),
       version = :ifMatch
where  force_id = :force and session_id = :sessionId;

select t.session_id, t.title, t.description, to_jsonb(t.themes) as themes, t.trainer, t.starts_at, t.status, t.held_at, t.reason,
       t.recorded_by, t.recorded_at, t.version,
       t.version as "@etag"
from   training_session t
where  t.force_id = :force and t.session_id = :sessionId
