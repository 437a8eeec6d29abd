-- Checks of handlers' decisions, the newest first; a handler's own for handlers.
--@ seen decision_check:{check_id}:{version}
--@ cursor recorded_at, check_id
select k.check_id, k.contact_id, k.case_id, k.decision, k.decision_id, k.handler, k.agrees, k.reasons, k.alternative, k.told_handler_at,
       k.missed_opportunity_id, k.occurred_at, k.recorded_by, k.recorded_at, k.version
from   decision_check_shown k
where  k.force_id = :force
--? contactId and k.contact_id = :contactId
--? handler and k.handler = :handler
--? decision and k.decision = :decision
--? agrees and k.agrees = :agrees::boolean
--? cursor and (k.recorded_at, k.check_id) < ((:cursor::jsonb ->> 0)::timestamptz, (:cursor::jsonb ->> 1)::uuid)
order  by k.recorded_at desc, k.check_id desc
limit  :fetch
