-- Records that a court heard of a notice or an order; kept whatever was wrong with it.
insert into protection_order_hearing (force_id, hearing_id, order_id, case_id, outcome, court, adjourned_to, note, occurred_at)
select o.force_id, :newId::uuid, o.order_id, o.case_id, :outcome, coalesce(:court, o.court), :adjournedTo::timestamptz, :note, :occurredAt::timestamptz
from   protection_order o
where  o.force_id = :force and o.order_id = seen_order(:orderId);

select h.hearing_id, h.order_id, h.case_id, h.outcome, h.court, h.adjourned_to, h.note, h.occurred_at, h.compliant, h.faults, h.recorded_by,
       h.recorded_at, h.version, h.version as "@etag"
from   protection_order_hearing h
where  h.force_id = :force and h.hearing_id = :newId
