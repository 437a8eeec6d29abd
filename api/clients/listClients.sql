-- The programs that may connect, by name.
--@ cursor name, client_id
select c.client_id, c.name, c.uri, c.roles, c.acts_alone, c.enabled, c.changed_by, c.changed_at, c.version, c.seen as "@seen"
from   client_shown c
where  c.force_id = :force
--? cursor  and (c.name, c.client_id) > (:cursor::jsonb ->> 0, (:cursor::jsonb ->> 1)::uuid)
order  by c.name, c.client_id limit :fetch
