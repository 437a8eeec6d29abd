-- Missed opportunities, the newest first; overdue: of those whose action is assigned, the ones past their deadline or not yet.
--@ seen missed_opportunity:{opportunity_id}:{version}
--@ cursor recorded_at, opportunity_id
select o.opportunity_id, o.case_id, o.contact_id, o.alert_id, o.check_id, o.kind, o.status, o.happened, o.should_have, o.occurred_at,
       o.action, o.assigned_to, o.due_at, o.overdue, o.remedy, o.reason, o.status_since, o.recorded_by, o.recorded_at, o.version
from   missed_opportunity_shown o
where  o.force_id = :force
--? status and o.status = :status
--? caseId and o.case_id = :caseId
--? assignedTo and o.assigned_to = :assignedTo
--? overdue and o.status = 'action_assigned' and o.overdue = :overdue::boolean
--? cursor and (o.recorded_at, o.opportunity_id) < ((:cursor::jsonb ->> 0)::timestamptz, (:cursor::jsonb ->> 1)::uuid)
order  by o.recorded_at desc, o.opportunity_id desc
limit  :fetch
