-- Changes what is given of a client; disabling takes effect with its next request.
update client
set    roles = case when :body::jsonb ? 'roles' then array(select jsonb_array_elements_text(:roles::jsonb)) else roles end,
       acts_alone = coalesce(:actsAlone::boolean, acts_alone),
       enabled = coalesce(:enabled::boolean, enabled),
       version = :ifMatch
where  force_id = :force and client_id = :clientId;

select c.client_id, c.name, c.uri, c.roles, c.acts_alone, c.enabled, c.changed_by, c.changed_at, c.version, c.version as "@etag"
from   client_shown c
where  c.force_id = :force and c.client_id = :clientId
