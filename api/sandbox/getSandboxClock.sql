-- What a sandbox's clock shows, and who set it last.
select domain_now() as "now", extract(epoch from f.clock_offset)::bigint as offset_seconds, c.recorded_by as set_by,
       c.recorded_at as set_at, c.reason, coalesce('sandbox_clock_setting:' || c.clock_setting_id || ':' || c.version, '') as "@seen"
from   force f
left   join lateral (select s.* from sandbox_clock_setting s where s.force_id = :force order by s.recorded_at desc limit 1) c on true
where  f.force_id = :force and f.sandbox
