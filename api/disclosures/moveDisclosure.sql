-- Moves a disclosure on, with what that move settles. The move is kept as a fact of its own.
select check_disclosure_move(seen_disclosure(:disclosureId), :body::jsonb);

update disclosure
set    status = :to, reason = :reason, safe_delivery = coalesce(:safeDelivery, safe_delivery), disclosed = coalesce(:disclosed, disclosed),
       initial_check = coalesce(:initialCheck, initial_check),
       initial_check_by = case when :initialCheck is null then initial_check_by else coalesce(:initialCheckBy, current_actor()) end,
       initial_check_at = case when :initialCheck is null then initial_check_at else moment end,
       decision = coalesce(:decision, decision), basis = coalesce(:basis, basis), decision_reason = coalesce(:decisionReason, decision_reason),
       decided_by = case when :decision is null then decided_by else current_actor() end,
       decided_at = case when :decision is null then decided_at else moment end,
       answered_at = case when :to in ('disclosed', 'nothing_to_disclose', 'refused') then moment else answered_at end,
       status_since = moment, version = :ifMatch
from   coalesce(:occurredAt::timestamptz, domain_now()) as moment
where  force_id = :force and disclosure_id = :disclosureId;

select d.safe_contact, d.disclosure_id, d.person_id, d.recipient_kind, d.recipient_id, d.third_party, d.route, d.case_id, d.applicant,
       d.application, d.status, d.occurred_at, d.due_at, d.overdue, d.initial_check, d.initial_check_by, d.initial_check_at, d.decision, d.basis,
       d.decision_reason, d.decided_by, d.decided_at, d.safe_delivery, d.disclosed, d.answered_at, d.reason, d.status_since, d.recorded_by,
       d.recorded_at, d.version, d.version as "@etag"
from   disclosure_shown d
where  d.force_id = :force and d.disclosure_id = :disclosureId
