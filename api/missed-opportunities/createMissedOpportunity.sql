-- Records by hand that a chance to keep someone safe was missed; it waits for somebody to confirm it.
select check_new_opportunity(:body::jsonb);

insert into missed_opportunity (force_id, opportunity_id, case_id, contact_id, kind, happened, should_have, occurred_at)
values (:force, :newId, coalesce(:caseId::uuid, contact_only_case(:contactId::uuid)), :contactId, :kind, :happened, :shouldHave,
        coalesce(:occurredAt::timestamptz, domain_now()));

select o.opportunity_id, o.case_id, o.contact_id, o.alert_id, o.check_id, o.kind, o.status, o.happened, o.should_have, o.occurred_at,
       o.action, o.assigned_to, o.due_at, o.overdue, o.remedy, o.reason, o.status_since, o.recorded_by, o.recorded_at, o.version, o.version as "@etag"
from   missed_opportunity_shown o
where  o.force_id = :force and o.opportunity_id = :newId
