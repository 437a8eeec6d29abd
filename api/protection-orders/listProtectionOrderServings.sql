-- When and on whom an order was served, oldest first.
--@ seen protection_order_serving:{serving_id}:{version}
--@ cursor occurred_at, serving_id
select seen_order(:orderId);

select s.serving_id, s.order_id, s.case_id, s.person_id, s.served_by, s.method, s.note, s.occurred_at, s.compliant, s.faults, s.recorded_by,
       s.recorded_at, s.version
from   protection_order_serving s
where  s.force_id = :force and s.order_id = :orderId
--? cursor  and (s.occurred_at, s.serving_id) > ((:cursor::jsonb ->> 0)::timestamptz, (:cursor::jsonb ->> 1)::uuid)
order  by s.occurred_at, s.serving_id limit :fetch
