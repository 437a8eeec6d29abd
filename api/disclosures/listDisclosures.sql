-- The disclosures in one state, those due first before others.
--@ cursor due_at, disclosure_id
select d.safe_contact, d.disclosure_id, d.person_id, d.recipient_kind, d.recipient_id, d.third_party, d.route, d.case_id, d.applicant,
       d.application, d.status, d.occurred_at, d.due_at, d.overdue, d.initial_check, d.initial_check_by, d.initial_check_at, d.decision, d.basis,
       d.decision_reason, d.decided_by, d.decided_at, d.safe_delivery, d.disclosed, d.answered_at, d.reason, d.status_since, d.recorded_by,
       d.recorded_at, d.version,
       d.seen as "@seen"
from   disclosure_shown d
where  d.force_id = :force and d.status = :status
--? overdue  and d.overdue = :overdue::boolean
--? dueBefore  and d.due_at < :dueBefore::timestamptz
--? cursor  and (d.due_at, d.disclosure_id) > ((:cursor::jsonb ->> 0)::timestamptz, (:cursor::jsonb ->> 1)::uuid)
order  by d.due_at, d.disclosure_id limit :fetch
