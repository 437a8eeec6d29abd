-- Asks a specialist for advice about a contact, a case or both. What broke a rule is stored all the same, with its faults.
insert into advice (force_id, advice_id, contact_id, case_id, urgency, question, asked_by, occurred_at, compliant, faults)
select :force, :newId::uuid, n.contact_id, n.case_id, :urgency, :question, coalesce(:askedBy, :actor),
       coalesce(:occurredAt::timestamptz, domain_now()), n.faults = '[]', n.faults
from   advice_of(:body::jsonb) n;

select a.advice_id, a.contact_id, a.case_id, a.status, a.urgency, a.question, a.asked_by, a.occurred_at, a.answer, a.given_by, a.given_at,
       a.action, a.settled_by, a.settled_at, a.reason, a.compliant, a.faults, a.recorded_by, a.recorded_at, a.version,
       a.version as "@etag"
from   advice a
where  a.force_id = :force and a.advice_id = :newId
