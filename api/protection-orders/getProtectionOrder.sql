-- One order or notice as it stands; first how the victim may safely be reached.
select v.safe_contact, o.order_id, o.case_id, o.kind, o.status, o.reference, o.court, o.conditions, o.reason, o.applicant, o.authorised_by,
       o.authorised_rank, o.electronic_monitoring, o.granted_at,
       o.expires_at, o.in_force, o.served_at, o.hear_by, o.heard_at, o.notify_by,
       o.notified_at, o.breaches, o.status_since, o.recorded_by, o.recorded_at, o.version, o.version as "@etag",
       concat_ws(' ', o.seen, v.seen) as "@seen"
from   protection_order_shown o left join lateral victim_of_case(o.case_id) v on true
where  o.force_id = :force and o.order_id = :orderId
