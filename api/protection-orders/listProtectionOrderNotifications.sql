-- What the police were told by who is bound by an order, oldest first.
--@ seen protection_order_notification:{notification_id}:{version}
--@ cursor occurred_at, notification_id
select seen_order(:orderId);

select n.notification_id, n.order_id, n.case_id, n.result, n.received_by, n.note, n.occurred_at, n.compliant, n.faults, n.recorded_by,
       n.recorded_at, n.version
from   protection_order_notification n
where  n.force_id = :force and n.order_id = :orderId
--? cursor  and (n.occurred_at, n.notification_id) > ((:cursor::jsonb ->> 0)::timestamptz, (:cursor::jsonb ->> 1)::uuid)
order  by n.occurred_at, n.notification_id limit :fetch
