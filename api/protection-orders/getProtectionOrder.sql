-- One order or notice as it stands.
select o.order_id, o.case_id, o.kind, o.status, o.reference, o.court, o.conditions, o.reason, o.authorised_by, o.granted_at,
       o.expires_at, o.in_force, o.breaches, o.status_since, o.recorded_by, o.recorded_at, o.version, o.version as "@etag", o.seen as "@seen"
from   protection_order_shown o
where  o.force_id = :force and o.order_id = :orderId
