-- When the log of a contact was closed, in their order.
--@ seen closure:{closure_id}:{version}
--@ cursor occurred_at, closure_id
select seen_contact(:contactId);

select k.closure_id, k.contact_id, k.occurred_at, k.outcome, k.victim_seen, k.victim_spoken_to,
       k.crime_reference, k.reason, k.compliant, k.faults, k.recorded_by, k.recorded_at, k.version
from   closure k
where  k.force_id = :force and k.contact_id = :contactId
--? cursor and (k.occurred_at, k.closure_id) > ((:cursor::jsonb ->> 0)::timestamptz, (:cursor::jsonb ->> 1)::uuid)
order  by k.occurred_at, k.closure_id
limit  :fetch
