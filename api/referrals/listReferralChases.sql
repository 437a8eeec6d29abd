-- When the service was asked again about a referral that it had not acknowledged, in order.
--@ seen referral_chase:{chase_id}:{version}
--@ cursor number, chase_id
select seen_referral(:referralId);

select c.chase_id, c.referral_id, c.number, c.channel, c.occurred_at, c.recorded_by, c.recorded_at, c.version
from   referral_chase c
where  c.force_id = :force and c.referral_id = :referralId
--? cursor  and c.number > (:cursor::jsonb ->> 0)::int
order  by c.number limit :fetch
