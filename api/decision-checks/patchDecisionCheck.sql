-- Adds when the handler was told, once; what was judged stays.
select refuse_faults(future_faults(:toldHandlerAt::timestamptz, '/toldHandlerAt'));

update decision_check k
set    told_handler_at = :toldHandlerAt::timestamptz, version = :ifMatch
where  k.force_id = :force and k.check_id = :decisionCheckId;

select k.check_id, k.contact_id, k.case_id, k.decision, k.decision_id, k.handler, k.agrees, k.reasons, k.alternative, k.told_handler_at,
       k.missed_opportunity_id, k.occurred_at, k.recorded_by, k.recorded_at, k.version, k.version as "@etag"
from   decision_check_shown k
where  k.force_id = :force and k.check_id = :decisionCheckId
