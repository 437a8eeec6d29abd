-- One breach of an order, with what was done about it.
select b.breach_id, b.order_id, b.case_id, contact_shown(b.contact_id) as contact_id, b.description, b.action, b.action_at, b.action_note, b.actions, b.acted_at,
       b.occurred_at, b.compliant, b.faults, b.recorded_by, b.recorded_at, b.version, b.version as "@etag", b.seen as "@seen"
from   protection_order_breach_shown b
where  b.force_id = :force and b.breach_id = :breachId
