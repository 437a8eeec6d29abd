-- One attendance.
--@ seen attendance:{attendance_id}:{version}
select a.attendance_id, a.contact_id, a.occurred_at, a.dispatched_at, to_jsonb(a.officers) as officers,
       a.victim_seen, a.note, a.compliant, a.faults, a.recorded_by, a.recorded_at, a.version, a.version as "@etag"
from   attendance a
where  a.force_id = :force and a.contact_id = :contactId and a.attendance_id = :attendanceId
