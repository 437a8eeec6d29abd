-- The moves of a disclosure, in the order in which they were made.
--@ seen disclosure_transition:{transition_id}:{version}
--@ cursor number, transition_id
select seen_disclosure(:disclosureId);

select t.transition_id, t.disclosure_id, t.number, t.from_status as "from", t.to_status as "to", t.reason, t.occurred_at, t.recorded_by,
       t.recorded_at, t.version
from   disclosure_transition t
where  t.force_id = :force and t.disclosure_id = :disclosureId
--? cursor  and t.number > (:cursor::jsonb ->> 0)::int
order  by t.number limit :fetch
