-- One breach of an order.
select b.breach_id, b.order_id, b.case_id, b.contact_id, b.description, b.action, b.action_at, b.action_note, b.occurred_at,
       b.compliant, b.faults, b.recorded_by, b.recorded_at, b.version, b.version as "@etag",
       'protection_order_breach:{breach_id}:{version}' as "@seen"
from   protection_order_breach b
where  b.force_id = :force and b.breach_id = :breachId
