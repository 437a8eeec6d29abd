-- One item of the queue as it stands now: a claim whose lease is over reads as waiting.
--@ seen review_item:{item_id}:{version}
select i.item_id, i.assessment_id, i.contact_id, i.case_id, i.status, i.rank, i.reasons, i.due_at, i.claimed_by, i.claimed_at,
       i.lease_until, i.taken_from, i.reason, i.review_id, i.outcome, i.occurred_at, i.recorded_at, i.version,
       i.version as "@etag"
from   review_item_shown i
where  i.force_id = :force and i.item_id = :itemId
