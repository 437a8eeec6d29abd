-- One check of a handler's decision.
--@ seen decision_check:{check_id}:{version}
select k.check_id, k.contact_id, k.case_id, k.decision, k.decision_id, k.handler, k.agrees, k.reasons, k.alternative, k.told_handler_at,
       k.missed_opportunity_id, k.occurred_at, k.recorded_by, k.recorded_at, k.version, k.version as "@etag"
from   decision_check_shown k
where  k.force_id = :force and k.check_id = :decisionCheckId
