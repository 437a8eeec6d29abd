-- Attendances, the latest first; a handler's own only.
--@ cursor occurred_at, attendance_id
select a.attendance_id, a.session_id, a.title, a.themes, a.session_status, a.staff, a.attended, a.note, a.supersedes, a.superseded_by,
       a.occurred_at, a.compliant, a.faults, a.recorded_by, a.recorded_at, a.version,
       a.seen as "@seen"
from   training_attendance_shown a
where  a.force_id = :force
--? sessionId  and a.session_id = :sessionId
--? staff  and a.staff = :staff
--? cursor  and (a.occurred_at, a.attendance_id) < ((:cursor::jsonb ->> 0)::timestamptz, (:cursor::jsonb ->> 1)::uuid)
order  by a.occurred_at desc, a.attendance_id desc limit :fetch
