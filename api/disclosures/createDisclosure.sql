-- Records that someone asked under Clare's Law, or that the police consider telling someone; the clock starts when it was received.
select check_new_disclosure(:body::jsonb);

insert into disclosure (force_id, disclosure_id, person_id, recipient_kind, recipient_id, third_party, route, case_id, applicant, application,
                        safe_delivery, occurred_at, due_at, status_since)
select :force, :newId, :personId, :recipientKind, :recipientId, :thirdParty, :route, :caseId, applicant_of(:body::jsonb), :application,
       :safeDelivery, received, disclosure_due(received), received
from   coalesce(:occurredAt::timestamptz, domain_now()) as received;

select d.safe_contact, d.disclosure_id, d.person_id, d.recipient_kind, d.recipient_id, d.third_party, d.route, d.case_id, d.applicant,
       d.application, d.status, d.occurred_at, d.due_at, d.overdue, d.initial_check, d.initial_check_by, d.initial_check_at, d.decision, d.basis,
       d.decision_reason, d.decided_by, d.decided_at, d.safe_delivery, d.disclosed, d.answered_at, d.reason, d.status_since, d.recorded_by,
       d.recorded_at, d.version, d.version as "@etag"
from   disclosure_shown d
where  d.force_id = :force and d.disclosure_id = :newId
