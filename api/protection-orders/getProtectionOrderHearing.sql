-- One hearing of a notice or an order.
--@ seen protection_order_hearing:{hearing_id}:{version}
select h.hearing_id, h.order_id, h.case_id, h.outcome, h.court, h.adjourned_to, h.note, h.occurred_at, h.compliant, h.faults, h.recorded_by,
       h.recorded_at, h.version, h.version as "@etag"
from   protection_order_hearing h
where  h.force_id = :force and h.hearing_id = :hearingId
