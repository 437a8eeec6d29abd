-- When officers reached the place, in their order.
--@ seen attendance:{attendance_id}:{version}
--@ cursor occurred_at, attendance_id
select seen_contact(:contactId);

select a.attendance_id, a.contact_id, a.occurred_at, a.dispatched_at, to_jsonb(a.officers) as officers,
       a.victim_seen, a.note, a.compliant, a.faults, a.recorded_by, a.recorded_at, a.version
from   attendance a
where  a.force_id = :force and a.contact_id = :contactId
--? cursor and (a.occurred_at, a.attendance_id) > ((:cursor::jsonb ->> 0)::timestamptz, (:cursor::jsonb ->> 1)::uuid)
order  by a.occurred_at, a.attendance_id
limit  :fetch
