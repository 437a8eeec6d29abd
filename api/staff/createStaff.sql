-- Adds a member of staff whom a front end may act for.
insert into staff (force_id, staff_id, reference, name, roles)
values (:force, :newId, :reference, :name, array(select jsonb_array_elements_text(:roles::jsonb)));

select s.staff_id, s.reference, s.name, s.roles, s.enabled, s.changed_by, s.changed_at, s.version, s.version as "@etag"
from   staff_shown s
where  s.force_id = :force and s.staff_id = :newId
