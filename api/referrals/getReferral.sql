-- One referral as it stands; first how the victim may safely be reached.
select v.safe_contact, r.referral_id, r.case_id, r.service_id, r.service_name, r.service_kind, r.status, r.grade, r.summary, r.consent, r.basis,
       r.basis_reason, r.professional_judgement, r.criteria, r.recipients, r.reason, r.service_reference, r.outcome, r.outcome_note,
       r.sent_at, r.acknowledge_by, r.overdue, r.chases, r.last_chased_at, r.status_since, r.recorded_by, r.recorded_at, r.version, r.version as "@etag",
       concat_ws(' ', r.seen, v.seen) as "@seen"
from   referral_shown r left join lateral victim_of_case(r.case_id) v on true
where  r.force_id = :force and r.referral_id = :referralId
