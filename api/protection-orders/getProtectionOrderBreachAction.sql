-- One action on a breach.
--@ seen protection_order_breach_action:{action_id}:{version}
select a.action_id, a.breach_id, a.order_id, a.case_id, a.action, a.taken_by, a.note, a.occurred_at, a.compliant, a.faults, a.recorded_by,
       a.recorded_at, a.version, a.version as "@etag"
from   protection_order_breach_action a
where  a.force_id = :force and a.action_id = :actionId
