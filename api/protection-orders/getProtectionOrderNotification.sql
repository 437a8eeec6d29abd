-- One notification of name and address.
--@ seen protection_order_notification:{notification_id}:{version}
select n.notification_id, n.order_id, n.case_id, n.result, n.received_by, n.note, n.occurred_at, n.compliant, n.faults, n.recorded_by,
       n.recorded_at, n.version, n.version as "@etag"
from   protection_order_notification n
where  n.force_id = :force and n.notification_id = :notificationId
