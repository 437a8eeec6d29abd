-- Records an order or a notice: considered now, or already further on, with every state on the way there.
select check_new_order(:kind, :status, :authorisedBy, :grantedAt::timestamptz, :expiresAt::timestamptz, :occurredAt::timestamptz);

insert into protection_order (force_id, order_id, case_id, kind, machine, reference, court, conditions, reason, applicant, authorised_by,
                              authorised_rank, electronic_monitoring, granted_at, expires_at, status_since)
values (:force, :newId, seen_case(:caseId), :kind, order_machine(:kind), :reference, :court, coalesce(:conditions::jsonb, '[]'), :reason,
        :applicant, :authorisedBy, :authorisedRank, :electronicMonitoring::boolean, :grantedAt::timestamptz, :expiresAt::timestamptz, coalesce(:occurredAt::timestamptz, domain_now()));

select advance_order(:newId, :status);

select o.order_id, o.case_id, o.kind, o.status, o.reference, o.court, o.conditions, o.reason, o.applicant, o.authorised_by,
       o.authorised_rank, o.electronic_monitoring, o.granted_at,
       o.expires_at, o.in_force, o.served_at, o.hear_by, o.heard_at, o.notify_by,
       o.notified_at, o.breaches, o.status_since, o.recorded_by, o.recorded_at, o.version, o.version as "@etag"
from   protection_order_shown o
where  o.force_id = :force and o.order_id = :newId
