-- One opening of a restricted case.
--@ seen case_break_glass:{break_glass_id}:{version}
select g.break_glass_id, g.case_id, g.contact_id, g.reason, g.occurred_at, g.expires_at, g.supervisor, g.recorded_by, g.recorded_at, g.version, g.version as "@etag"
from   case_break_glass g
where  g.force_id = :force and g.case_id = :caseId and g.break_glass_id = :breakGlassId
