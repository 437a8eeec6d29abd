-- The moves of a missed opportunity, in the order in which they were made.
--@ seen missed_opportunity_transition:{transition_id}:{version}
--@ cursor number, transition_id
select seen_opportunity(:opportunityId);

select t.transition_id, t.opportunity_id, t.number, t.from_status as "from", t.to_status as "to", t.reason, t.occurred_at, t.recorded_by,
       t.recorded_at, t.version
from   missed_opportunity_transition t
where  t.force_id = :force and t.opportunity_id = :opportunityId
--? cursor  and t.number > (:cursor::jsonb ->> 0)::int
order  by t.number limit :fetch
