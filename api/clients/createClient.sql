-- Adds a program that may connect; its certificate must carry the URI that this makes.
insert into client (force_id, client_id, uri, name, roles, acts_alone)
values (:force, :newId, 'spiffe://secondlook/force/' || :force || '/client/' || :name, :name,
        array(select jsonb_array_elements_text(:roles::jsonb)), coalesce(:actsAlone::boolean, false));

select c.client_id, c.name, c.uri, c.roles, c.acts_alone, c.enabled, c.changed_by, c.changed_at, c.version, c.version as "@etag"
from   client_shown c
where  c.force_id = :force and c.client_id = :newId
