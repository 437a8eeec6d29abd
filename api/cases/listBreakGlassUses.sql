-- Restricted cases opened in an emergency, the newest first.
--@ seen case_break_glass:{break_glass_id}:{version}
--@ cursor recorded_at, break_glass_id
select g.break_glass_id, g.case_id, g.contact_id, g.reason, g.occurred_at, g.expires_at, g.supervisor, g.recorded_by, g.recorded_at, g.version
from   case_break_glass g
where  g.force_id = :force
--? caseId and g.case_id = :caseId
--? staff and g.recorded_by = :staff
--? cursor and (g.recorded_at, g.break_glass_id) < ((:cursor::jsonb ->> 0)::timestamptz, (:cursor::jsonb ->> 1)::uuid)
order  by g.recorded_at desc, g.break_glass_id desc
limit  :fetch
