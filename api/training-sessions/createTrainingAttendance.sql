-- Records whether someone attended a session, or corrects what was recorded of them by superseding it.
insert into training_attendance (force_id, attendance_id, session_id, staff, attended, note, supersedes, occurred_at, compliant, faults)
select :force, :newId::uuid, :sessionId::uuid, :staff, :attended::boolean, :note, :supersedes::uuid, n.occurred_at, n.faults = '[]', n.faults
from   attendance_of(seen_session(:sessionId::uuid), :body::jsonb) n;

select a.attendance_id, a.session_id, a.title, a.themes, a.session_status, a.staff, a.attended, a.note, a.supersedes, a.superseded_by,
       a.occurred_at, a.compliant, a.faults, a.recorded_by, a.recorded_at, a.version,
       a.version as "@etag"
from   training_attendance_shown a
where  a.force_id = :force and a.attendance_id = :newId
