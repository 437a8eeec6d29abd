-- Moves an order or a notice on, with what that move settles. The move is kept as a fact of its own.
select check_order_move(seen_order(:orderId), :to, :authorisedBy, :grantedAt::timestamptz, :expiresAt::timestamptz, :occurredAt::timestamptz);

update protection_order
set    status = :to, reason = :reason,
       reference = coalesce(:reference, reference), court = coalesce(:court, court),
       conditions = coalesce(:conditions::jsonb, conditions), applicant = coalesce(:applicant, applicant),
       authorised_by = coalesce(:authorisedBy, authorised_by), authorised_rank = coalesce(:authorisedRank, authorised_rank),
       electronic_monitoring = coalesce(:electronicMonitoring::boolean, electronic_monitoring),
       granted_at = coalesce(:grantedAt::timestamptz, granted_at), expires_at = coalesce(:expiresAt::timestamptz, expires_at),
       status_since = coalesce(:occurredAt::timestamptz, domain_now()), version = :ifMatch
where  force_id = :force and order_id = :orderId;

select o.order_id, o.case_id, o.kind, o.status, o.reference, o.court, o.conditions, o.reason, o.applicant, o.authorised_by,
       o.authorised_rank, o.electronic_monitoring, o.granted_at,
       o.expires_at, o.in_force, o.served_at, o.hear_by, o.heard_at, o.notify_by,
       o.notified_at, o.breaches, o.status_since, o.recorded_by, o.recorded_at, o.version, o.version as "@etag"
from   protection_order_shown o
where  o.force_id = :force and o.order_id = :orderId
