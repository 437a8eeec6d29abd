-- Moves a missed opportunity on, with what that move settles. The move is kept as a fact of its own.
select check_opportunity_move(:opportunityId::uuid, :body::jsonb);

update missed_opportunity o
set    status = :to, reason = :reason, action = coalesce(:action, o.action), assigned_to = coalesce(:assignedTo, o.assigned_to),
       due_at = coalesce(:dueAt::timestamptz, o.due_at), remedy = coalesce(:remedy, o.remedy),
       status_since = coalesce(:occurredAt::timestamptz, domain_now()), version = :ifMatch
where  o.force_id = :force and o.opportunity_id = :opportunityId;

select o.opportunity_id, o.case_id, o.contact_id, o.alert_id, o.check_id, o.kind, o.status, o.happened, o.should_have, o.occurred_at,
       o.action, o.assigned_to, o.due_at, o.overdue, o.remedy, o.reason, o.status_since, o.recorded_by, o.recorded_at, o.version, o.version as "@etag"
from   missed_opportunity_shown o
where  o.force_id = :force and o.opportunity_id = :opportunityId
