-- The queue, the most urgent first. What isn't settled is one stretch of one index, read in order and no further than
-- the page; what is settled is another, read only when a status is asked for.
--@ seen review_item:{item_id}:{version}
--@ cursor rank, due_at, item_id
select i.item_id, i.assessment_id, i.contact_id, i.case_id, i.status, i.rank, i.reasons, i.due_at, i.claimed_by, i.claimed_at,
       i.lease_until, i.taken_from, i.reason, i.review_id, i.outcome, i.occurred_at, i.recorded_at, i.version
from  (
       (select * from review_item_shown w
        where  w.force_id = :force and w.stored_status <> 'done'
--? status    and w.status = :status
--? claimedBy and w.claimed_by = :actor
--? cursor    and (w.rank, w.due_at, w.item_id) > ((:cursor::jsonb ->> 0)::int, (:cursor::jsonb ->> 1)::timestamptz, (:cursor::jsonb ->> 2)::uuid)
--? status order by w.rank, w.due_at, w.item_id limit :fetch
       )
--? status union all
--? status (select * from review_item_shown w
--? status  where  w.force_id = :force and w.stored_status = 'done' and :status::text = 'done'
--? status  and    (:claimedBy::text is null or w.claimed_by = :actor)
--? status  and    (:cursor::jsonb is null
--? status          or (w.rank, w.due_at, w.item_id) > ((:cursor::jsonb ->> 0)::int, (:cursor::jsonb ->> 1)::timestamptz, (:cursor::jsonb ->> 2)::uuid))
--? status  order  by w.rank, w.due_at, w.item_id limit :fetch)
      ) i
order  by i.rank, i.due_at, i.item_id limit :fetch
