-- When a court heard of a notice or an order, oldest first.
--@ seen protection_order_hearing:{hearing_id}:{version}
--@ cursor occurred_at, hearing_id
select seen_order(:orderId);

select h.hearing_id, h.order_id, h.case_id, h.outcome, h.court, h.adjourned_to, h.note, h.occurred_at, h.compliant, h.faults, h.recorded_by,
       h.recorded_at, h.version
from   protection_order_hearing h
where  h.force_id = :force and h.order_id = :orderId
--? cursor  and (h.occurred_at, h.hearing_id) > ((:cursor::jsonb ->> 0)::timestamptz, (:cursor::jsonb ->> 1)::uuid)
order  by h.occurred_at, h.hearing_id limit :fetch
