-- One question, with the advice given and what was done on it.
--@ seen advice:{advice_id}:{version}
select a.advice_id, a.contact_id, a.case_id, a.status, a.urgency, a.question, a.asked_by, a.occurred_at, a.answer, a.given_by, a.given_at,
       a.action, a.settled_by, a.settled_at, a.reason, a.compliant, a.faults, a.recorded_by, a.recorded_at, a.version,
       a.version as "@etag"
from   advice a
where  a.force_id = :force and a.advice_id = :adviceId
