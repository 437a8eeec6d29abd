-- One serving of an order.
--@ seen protection_order_serving:{serving_id}:{version}
select s.serving_id, s.order_id, s.case_id, s.person_id, s.served_by, s.method, s.note, s.occurred_at, s.compliant, s.faults, s.recorded_by,
       s.recorded_at, s.version, s.version as "@etag"
from   protection_order_serving s
where  s.force_id = :force and s.serving_id = :servingId
