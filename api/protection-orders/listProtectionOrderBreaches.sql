-- The breaches of an order, oldest first, each with what was done about it.
--@ cursor occurred_at, breach_id
select seen_order(:orderId);

select b.breach_id, b.order_id, b.case_id, contact_shown(b.contact_id) as contact_id, b.description, b.action, b.action_at, b.action_note, b.actions, b.acted_at,
       b.occurred_at, b.compliant, b.faults, b.recorded_by, b.recorded_at, b.version,
       b.seen as "@seen"
from   protection_order_breach_shown b
where  b.force_id = :force and b.order_id = :orderId
--? cursor  and (b.occurred_at, b.breach_id) > ((:cursor::jsonb ->> 0)::timestamptz, (:cursor::jsonb ->> 1)::uuid)
order  by b.occurred_at, b.breach_id limit :fetch
