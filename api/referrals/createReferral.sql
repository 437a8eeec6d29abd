-- Refers a case to a service, as a draft or sent at once; for a conference its criteria are looked at and kept.
insert into referral (force_id, referral_id, case_id, service_id, grade, summary, consent, basis, basis_reason,
                      professional_judgement, criteria, recipients)
select :force, :newId::uuid, :caseId::uuid, n.service_id, n.grade, :summary, :consent::boolean, n.basis, :basisReason,
       :professionalJudgement, n.criteria, n.recipients
from   referral_of(seen_case(:caseId::uuid), :body::jsonb) n;

update referral
set    status = 'sent', sent_at = domain_now(), acknowledge_by = acknowledge_deadline(service_id, grade, domain_now())
where  force_id = :force and referral_id = :newId and :status = 'sent';

select r.referral_id, r.case_id, r.service_id, r.service_name, r.service_kind, r.status, r.grade, r.summary, r.consent, r.basis,
       r.basis_reason, r.professional_judgement, r.criteria, r.recipients, r.reason, r.service_reference, r.outcome, r.outcome_note,
       r.sent_at, r.acknowledge_by, r.overdue, r.chases, r.last_chased_at, r.status_since, r.recorded_by, r.recorded_at, r.version, r.version as "@etag"
from   referral_shown r
where  r.force_id = :force and r.referral_id = :newId
