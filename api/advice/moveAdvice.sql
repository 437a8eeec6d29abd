-- Gives advice, says what came of it, or withdraws the question. The move is kept as a fact of its own.
select check_advice_move(seen_advice(:adviceId), :to, :body::jsonb);

update advice
set    status = :to, reason = :reason,
       answer = coalesce(:answer, answer), action = coalesce(:action, action),
       given_by = case when :to = 'given' then :actor else given_by end,
       given_at = case when :to = 'given' then coalesce(:occurredAt::timestamptz, domain_now()) else given_at end,
       settled_by = case when :to <> 'given' then :actor end,
       settled_at = case when :to <> 'given' then coalesce(:occurredAt::timestamptz, domain_now()) end,
       status_since = coalesce(:occurredAt::timestamptz, domain_now()),
       version = :ifMatch
where  force_id = :force and advice_id = :adviceId;

select a.advice_id, a.contact_id, a.case_id, a.status, a.urgency, a.question, a.asked_by, a.occurred_at, a.answer, a.given_by, a.given_at,
       a.action, a.settled_by, a.settled_at, a.reason, a.compliant, a.faults, a.recorded_by, a.recorded_at, a.version,
       a.version as "@etag"
from   advice a
where  a.force_id = :force and a.advice_id = :adviceId
