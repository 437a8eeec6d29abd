-- Plans a training session, or records one that was held already: planned, then held.
select check_new_session(:trainer, :startsAt::timestamptz, :status);

insert into training_session (force_id, session_id, title, description, themes, trainer, starts_at)
values (:force, :newId, :title, :description, array(select jsonb_array_elements_text(:themes::jsonb)), :trainer, :startsAt::timestamptz);

update training_session
set    status = 'held', held_at = starts_at, status_since = starts_at
where  force_id = :force and session_id = :newId and :status = 'held';

select t.session_id, t.title, t.description, to_jsonb(t.themes) as themes, t.trainer, t.starts_at, t.status, t.held_at, t.reason,
       t.recorded_by, t.recorded_at, t.version,
       t.version as "@etag"
from   training_session t
where  t.force_id = :force and t.session_id = :newId
