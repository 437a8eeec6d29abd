-- Advice by when it was asked for, the newest first; also that of a case, with what was asked about its contacts.
--@ seen advice:{advice_id}:{version}
--@ cursor occurred_at, advice_id
select a.advice_id, a.contact_id, a.case_id, a.status, a.urgency, a.question, a.asked_by, a.occurred_at, a.answer, a.given_by, a.given_at,
       a.action, a.settled_by, a.settled_at, a.reason, a.compliant, a.faults, a.recorded_by, a.recorded_at, a.version
from   advice a
where  a.force_id = :force
--? status  and a.status = :status
--? contactId  and a.contact_id = :contactId
--? caseId  and a.advice_id in (select n.advice_id from advice n where n.force_id = :force and n.case_id = :caseId union all select n.advice_id from contact_case l join advice n using (force_id, contact_id) where l.force_id = :force and l.case_id = :caseId and l.active)
--? cursor  and (a.occurred_at, a.advice_id) < ((:cursor::jsonb ->> 0)::timestamptz, (:cursor::jsonb ->> 1)::uuid)
order  by a.occurred_at desc, a.advice_id desc limit :fetch
