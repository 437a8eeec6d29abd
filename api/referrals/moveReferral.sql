-- Moves a referral on; sending it sets by when it should be acknowledged. The move is kept as a fact of its own.
select check_referral_move(:to, :outcome, :occurredAt::timestamptz);

update referral
set    status = :to, reason = :reason,
       outcome = coalesce(:outcome, outcome), outcome_note = coalesce(:outcomeNote, outcome_note),
       service_reference = coalesce(:serviceReference, service_reference),
       recipients = coalesce(:recipients::jsonb, recipients),
       status_since = coalesce(:occurredAt::timestamptz, domain_now()),
       sent_at = case when :to = 'sent' then coalesce(:occurredAt::timestamptz, domain_now()) else sent_at end,
       acknowledge_by = case when :to = 'sent' then acknowledge_deadline(service_id, grade, coalesce(:occurredAt::timestamptz, domain_now()))
                             else acknowledge_by end,
       version = :ifMatch
where  force_id = :force and referral_id = :referralId;

select r.referral_id, r.case_id, r.service_id, r.service_name, r.service_kind, r.status, r.grade, r.summary, r.consent, r.basis,
       r.basis_reason, r.professional_judgement, r.criteria, r.recipients, r.reason, r.service_reference, r.outcome, r.outcome_note,
       r.sent_at, r.acknowledge_by, r.overdue, r.chases, r.last_chased_at, r.status_since, r.recorded_by, r.recorded_at, r.version, r.version as "@etag"
from   referral_shown r
where  r.force_id = :force and r.referral_id = :referralId
