-- What was done about a breach, oldest first.
--@ seen protection_order_breach_action:{action_id}:{version}
--@ cursor occurred_at, action_id
select seen_breach(:breachId);

select a.action_id, a.breach_id, a.order_id, a.case_id, a.action, a.taken_by, a.note, a.occurred_at, a.compliant, a.faults, a.recorded_by,
       a.recorded_at, a.version
from   protection_order_breach_action a
where  a.force_id = :force and a.breach_id = :breachId
--? cursor  and (a.occurred_at, a.action_id) > ((:cursor::jsonb ->> 0)::timestamptz, (:cursor::jsonb ->> 1)::uuid)
order  by a.occurred_at, a.action_id limit :fetch
