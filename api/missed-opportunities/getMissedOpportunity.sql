-- One missed opportunity as it stands.
--@ seen missed_opportunity:{opportunity_id}:{version}
select o.opportunity_id, o.case_id, o.contact_id, o.alert_id, o.check_id, o.kind, o.status, o.happened, o.should_have, o.occurred_at,
       o.action, o.assigned_to, o.due_at, o.overdue, o.remedy, o.reason, o.status_since, o.recorded_by, o.recorded_at, o.version, o.version as "@etag"
from   missed_opportunity_shown o
where  o.force_id = :force and o.opportunity_id = :opportunityId
