-- Records that an order, a notice or a variation was served; kept whatever was wrong with it.
insert into protection_order_serving (force_id, serving_id, order_id, case_id, person_id, served_by, method, note, occurred_at)
select o.force_id, :newId::uuid, o.order_id, o.case_id, served_on(o.order_id, :personId::uuid), coalesce(:servedBy, current_actor()), :method,
       :note, :occurredAt::timestamptz
from   protection_order o
where  o.force_id = :force and o.order_id = seen_order(:orderId);

select s.serving_id, s.order_id, s.case_id, s.person_id, s.served_by, s.method, s.note, s.occurred_at, s.compliant, s.faults, s.recorded_by,
       s.recorded_at, s.version, s.version as "@etag"
from   protection_order_serving s
where  s.force_id = :force and s.serving_id = :newId
