-- The orders and notices in one state, oldest first.
--@ cursor recorded_at, order_id
select o.order_id, o.case_id, o.kind, o.status, o.reference, o.court, o.conditions, o.reason, o.applicant, o.authorised_by,
       o.authorised_rank, o.electronic_monitoring, o.granted_at,
       o.expires_at, o.in_force, o.served_at, o.hear_by, o.heard_at, o.notify_by,
       o.notified_at, o.breaches, o.status_since, o.recorded_by, o.recorded_at, o.version, o.seen as "@seen"
from   protection_order_shown o
where  o.force_id = :force and o.status = :status
--? kind  and o.kind = :kind
--? cursor  and (o.recorded_at, o.order_id) > ((:cursor::jsonb ->> 0)::timestamptz, (:cursor::jsonb ->> 1)::uuid)
order  by o.recorded_at, o.order_id limit :fetch
