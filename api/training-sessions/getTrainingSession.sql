-- One training session.
--@ seen training_session:{session_id}:{version}
select t.session_id, t.title, t.description, to_jsonb(t.themes) as themes, t.trainer, t.starts_at, t.status, t.held_at, t.reason,
       t.recorded_by, t.recorded_at, t.version,
       t.version as "@etag"
from   training_session t
where  t.force_id = :force and t.session_id = :sessionId
