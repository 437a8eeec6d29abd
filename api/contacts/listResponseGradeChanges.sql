-- The changes of a contact's response grade, in their order.
--@ seen response_grade_change:{change_id}:{version}
--@ cursor occurred_at, change_id
select seen_contact(:contactId);

select g.change_id, g.contact_id, g.occurred_at, g.from_grade, g.to_grade, g.target_at, g.reason,
       g.authorised_by, g.victim_spoken_to, g.fresh_assessment, g.compliant, g.faults, g.recorded_by,
       g.recorded_at, g.version
from   response_grade_change g
where  g.force_id = :force and g.contact_id = :contactId
--? cursor and (g.occurred_at, g.change_id) > ((:cursor::jsonb ->> 0)::timestamptz, (:cursor::jsonb ->> 1)::uuid)
order  by g.occurred_at, g.change_id
limit  :fetch
