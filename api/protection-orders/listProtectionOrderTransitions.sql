-- The moves of an order, in the order in which they were made.
--@ seen protection_order_transition:{transition_id}:{version}
--@ cursor number, transition_id
select seen_order(:orderId);

select t.transition_id, t.order_id, t.number, t.from_status as "from", t.to_status as "to", t.reason, t.conditions_before,
       t.expires_before, t.occurred_at, t.recorded_by, t.recorded_at,
       t.version
from   protection_order_transition t
where  t.force_id = :force and t.order_id = :orderId
--? cursor  and t.number > (:cursor::jsonb ->> 0)::int
order  by t.number limit :fetch
