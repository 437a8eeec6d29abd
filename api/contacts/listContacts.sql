-- Contacts by when they were received, the newest first.
--@ seen contact:{contact_id}:{version}
--@ cursor occurred_at, contact_id
select c.contact_id, c.reference, c.occurred_at, c.recorded_at, c.recorded_by, c.channel, c.caller, c.phone, c.address,
       c.cut_off, c.suspect_present, c.suspect_nearby, c.children_present, c.weapons, c.injuries, c.order_in_force,
       c.response_grade, c.target_at, c.narrative, c.fresh_risk, c.crime_reference, c.compliant, c.faults,
       c.version
from   contact c
where  c.force_id = :force
--? occurredFrom and c.occurred_at >= :occurredFrom::timestamptz
--? occurredBefore and c.occurred_at < :occurredBefore::timestamptz
--? responseGrade and c.response_grade = :responseGrade
--? cursor and (c.occurred_at, c.contact_id) < ((:cursor::jsonb ->> 0)::timestamptz, (:cursor::jsonb ->> 1)::uuid)
order  by c.occurred_at desc, c.contact_id desc
limit  :fetch
