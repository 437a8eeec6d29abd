-- Plans a shift. Of two that overlap for one person, planned at once, exactly one is taken.
select check_new_shift(:staff, :startsAt::timestamptz, :endsAt::timestamptz);

insert into shift (force_id, shift_id, staff, role, starts_at, ends_at)
values (:force, :newId, :staff, :role, :startsAt::timestamptz, :endsAt::timestamptz);

select s.shift_id, s.staff, s.role, s.starts_at, s.ends_at, s.status, s.started_at, s.ended_at, s.reason, s.recorded_by, s.recorded_at,
       s.version,
       s.version as "@etag"
from   shift s
where  s.force_id = :force and s.shift_id = :newId
