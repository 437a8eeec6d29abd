-- The referrals in one state, oldest first; also those of one service, and only those past their deadline.
--@ cursor recorded_at, referral_id
select r.referral_id, r.case_id, r.service_id, r.service_name, r.service_kind, r.status, r.grade, r.summary, r.consent, r.basis,
       r.basis_reason, r.professional_judgement, r.criteria, r.recipients, r.reason, r.service_reference, r.outcome, r.outcome_note,
       r.sent_at, r.acknowledge_by, r.overdue, r.chases, r.last_chased_at, r.status_since, r.recorded_by, r.recorded_at, r.version, r.seen as "@seen"
from   referral_shown r
where  r.force_id = :force and r.status = :status
--? serviceId  and r.service_id = :serviceId
--? overdue  and r.overdue = :overdue::boolean
--? cursor  and (r.recorded_at, r.referral_id) > ((:cursor::jsonb ->> 0)::timestamptz, (:cursor::jsonb ->> 1)::uuid)
order  by r.recorded_at, r.referral_id limit :fetch
