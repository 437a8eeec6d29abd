-- A specialist says whether they agree with what a handler decided; a disagreement may be a missed opportunity at once.
insert into decision_check (force_id, check_id, contact_id, case_id, decision, decision_id, handler, contact_handler, agrees, reasons,
                            alternative, told_handler_at)
select :force, :newId::uuid, :contactId::uuid, n.case_id, :decision, :decisionId::uuid, n.handler, n.contact_handler, :agrees::boolean, :reasons,
       :alternative, :toldHandlerAt::timestamptz
from   decision_check_of(:body::jsonb) n;

select confirm_opportunity(part_id(k.check_id, 1), 'other', k.case_id, k.contact_id, null, k.check_id, k.reasons, k.alternative,
                           c.occurred_at, null, null)
from   decision_check k join contact c using (force_id, contact_id)
where  k.force_id = :force and k.check_id = :newId and :missedOpportunity::boolean;

select k.check_id, k.contact_id, k.case_id, k.decision, k.decision_id, k.handler, k.agrees, k.reasons, k.alternative, k.told_handler_at,
       k.missed_opportunity_id, k.occurred_at, k.recorded_by, k.recorded_at, k.version, k.version as "@etag"
from   decision_check_shown k
where  k.force_id = :force and k.check_id = :newId
