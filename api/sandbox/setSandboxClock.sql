-- Sets a sandbox's clock, from the next request on; any other force has none to set. What falls due on the way is looked at
-- first, moment by moment, so that whoever asks next finds every alert.
select run_checks_until(:now::timestamptz) from seen_sandbox();

insert into sandbox_clock_setting (force_id, clock_setting_id, set_to, reason)
values (seen_sandbox(), :newId, :now::timestamptz, :reason);

select c.set_to as "now", extract(epoch from c.set_to - statement_timestamp())::bigint as offset_seconds, c.recorded_by as set_by, c.recorded_at as set_at, c.reason
from   sandbox_clock_setting c
where  c.force_id = :force and c.clock_setting_id = :newId
