-- Training sessions by when they start, the latest first.
--@ seen training_session:{session_id}:{version}
--@ cursor starts_at, session_id
select t.session_id, t.title, t.description, to_jsonb(t.themes) as themes, t.trainer, t.starts_at, t.status, t.held_at, t.reason,
       t.recorded_by, t.recorded_at, t.version
from   training_session t
where  t.force_id = :force
--? status  and t.status = :status
--? cursor  and (t.starts_at, t.session_id) < ((:cursor::jsonb ->> 0)::timestamptz, (:cursor::jsonb ->> 1)::uuid)
order  by t.starts_at desc, t.session_id desc limit :fetch
