-- Opens a restricted case in an emergency to who asks, for an hour; a supervisor outside the conflict is told.
select break_glass(:caseId::uuid, :newId::uuid, :reason, :contactId::uuid);

select g.break_glass_id, g.case_id, g.contact_id, g.reason, g.occurred_at, g.expires_at, g.supervisor, g.recorded_by, g.recorded_at, g.version, g.version as "@etag"
from   case_break_glass g
where  g.force_id = :force and g.break_glass_id = :newId
