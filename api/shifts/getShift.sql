-- One shift.
--@ seen shift:{shift_id}:{version}
select s.shift_id, s.staff, s.role, s.starts_at, s.ends_at, s.status, s.started_at, s.ended_at, s.reason, s.recorded_by, s.recorded_at,
       s.version,
       s.version as "@etag"
from   shift s
where  s.force_id = :force and s.shift_id = :shiftId
