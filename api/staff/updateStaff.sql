-- Changes what is given of a member of staff; disabling takes effect with their next request.
update staff
set    name = case when :body::jsonb ? 'name' then :name else name end,
       roles = case when :body::jsonb ? 'roles' then array(select jsonb_array_elements_text(:roles::jsonb)) else roles end,
       enabled = coalesce(:enabled::boolean, enabled),
       version = :ifMatch
where  force_id = :force and staff_id = :staffId;

select s.staff_id, s.reference, s.name, s.roles, s.enabled, s.changed_by, s.changed_at, s.version, s.version as "@etag"
from   staff_shown s
where  s.force_id = :force and s.staff_id = :staffId
