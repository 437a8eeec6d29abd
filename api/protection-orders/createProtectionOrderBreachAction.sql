-- Records what was done about a breach; kept also when it came late, and then it says so.
insert into protection_order_breach_action (force_id, action_id, breach_id, order_id, case_id, action, taken_by, note, occurred_at)
select b.force_id, :newId::uuid, b.breach_id, b.order_id, b.case_id, :action, :takenBy, :note, :occurredAt::timestamptz
from   protection_order_breach b
where  b.force_id = :force and b.breach_id = seen_breach(:breachId);

select a.action_id, a.breach_id, a.order_id, a.case_id, a.action, a.taken_by, a.note, a.occurred_at, a.compliant, a.faults, a.recorded_by,
       a.recorded_at, a.version, a.version as "@etag"
from   protection_order_breach_action a
where  a.force_id = :force and a.action_id = :newId
