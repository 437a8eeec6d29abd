-- One client.
select c.client_id, c.name, c.uri, c.roles, c.acts_alone, c.enabled, c.changed_by, c.changed_at, c.version, c.version as "@etag", c.seen as "@seen"
from   client_shown c
where  c.force_id = :force and c.client_id = :clientId
