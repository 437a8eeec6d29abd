-- Shifts whose planned time falls into a period, by when they begin. None is longer than a day, so the index knows where to start.
--@ seen shift:{shift_id}:{version}
--@ cursor starts_at, shift_id
select s.shift_id, s.staff, s.role, s.starts_at, s.ends_at, s.status, s.started_at, s.ended_at, s.reason, s.recorded_by, s.recorded_at,
       s.version
from   shift s
where  s.force_id = :force and s.starts_at >= :from::timestamptz - interval '24 hours' and s.starts_at < :to::timestamptz
and    s.ends_at > :from::timestamptz
--? staff  and s.staff = :staff
--? status  and s.status = :status
--? cursor  and (s.starts_at, s.shift_id) > ((:cursor::jsonb ->> 0)::timestamptz, (:cursor::jsonb ->> 1)::uuid)
order  by s.starts_at, s.shift_id limit :fetch
