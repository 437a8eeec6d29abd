-- Says that a shift began, ended or is cancelled. The move is kept as a fact of its own.
select check_shift_move(seen_shift(:shiftId), :to, :occurredAt::timestamptz);

update shift
set    status = :to, reason = :reason,
       started_at = case when :to = 'started' then coalesce(:occurredAt::timestamptz, domain_now()) else started_at end,
       ended_at = case when :to = 'ended' then coalesce(:occurredAt::timestamptz, domain_now()) end,
       status_since = coalesce(:occurredAt::timestamptz, domain_now()),
       version = :ifMatch
where  force_id = :force and shift_id = :shiftId;

select s.shift_id, s.staff, s.role, s.starts_at, s.ends_at, s.status, s.started_at, s.ended_at, s.reason, s.recorded_by, s.recorded_at,
       s.version,
       s.version as "@etag"
from   shift s
where  s.force_id = :force and s.shift_id = :shiftId
