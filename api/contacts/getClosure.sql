-- One closing of a log.
--@ seen closure:{closure_id}:{version}
select k.closure_id, k.contact_id, k.occurred_at, k.outcome, k.victim_seen, k.victim_spoken_to,
       k.crime_reference, k.reason, k.compliant, k.faults, k.recorded_by, k.recorded_at, k.version, k.version as "@etag"
from   closure k
where  k.force_id = :force and k.contact_id = :contactId and k.closure_id = :closureId
