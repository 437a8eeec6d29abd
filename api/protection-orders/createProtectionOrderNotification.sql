-- Records that who is bound by an order told the police of name and address; kept whatever was wrong with it.
insert into protection_order_notification (force_id, notification_id, order_id, case_id, result, received_by, note, occurred_at)
select o.force_id, :newId::uuid, o.order_id, o.case_id, :result, coalesce(:receivedBy, current_actor()), :note, :occurredAt::timestamptz
from   protection_order o
where  o.force_id = :force and o.order_id = seen_order(:orderId);

select n.notification_id, n.order_id, n.case_id, n.result, n.received_by, n.note, n.occurred_at, n.compliant, n.faults, n.recorded_by,
       n.recorded_at, n.version, n.version as "@etag"
from   protection_order_notification n
where  n.force_id = :force and n.notification_id = :newId
