-- One attendance with its session; a handler's own only.
select a.attendance_id, a.session_id, a.title, a.themes, a.session_status, a.staff, a.attended, a.note, a.supersedes, a.superseded_by,
       a.occurred_at, a.compliant, a.faults, a.recorded_by, a.recorded_at, a.version,
       a.version as "@etag", a.seen as "@seen"
from   training_attendance_shown a
where  a.force_id = :force and a.attendance_id = :attendanceId
