-- The moves of a referral, in the order in which they were made.
--@ seen referral_transition:{transition_id}:{version}
--@ cursor number, transition_id
select seen_referral(:referralId);

select t.transition_id, t.referral_id, t.number, t.from_status as "from", t.to_status as "to", t.reason, t.outcome, t.occurred_at,
       t.recorded_by, t.recorded_at, t.version
from   referral_transition t
where  t.force_id = :force and t.referral_id = :referralId
--? cursor  and t.number > (:cursor::jsonb ->> 0)::int
order  by t.number limit :fetch
