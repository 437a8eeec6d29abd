-- Earlier cases in which who is suspected now was, or may have been, the victim of who reports it: how those were assessed, and who as the primary aggressor.
select c.contact_id, e.found -> 'shown' as earlier,
       concat_ws(' ', 'contact:' || c.contact_id || ':' || c.version, e.found ->> 'seen') as "@seen"
from   contact c
cross  join lateral (select counter_allegations(people_as(c.contact_id, '{victim,caller}'), people_as(c.contact_id, '{suspect}'),
                                                c.recorded_at, true) as found offset 0) e
where  c.force_id = :force and c.contact_id = :contactId
