-- One person; first how they may safely be reached.
--@ seen person:{person_id}:{version}
select p.safe_contact, p.person_id, p.given_name, p.family_name, to_jsonb(p.aliases) as aliases, p.date_of_birth, to_jsonb(p.phones) as phones,
       p.addresses, to_jsonb(p.external_references) as external_references, p.works_for_police, p.recorded_by,
       p.recorded_at, p.changed_by, p.changed_at, p.version, p.version as "@etag"
from   person p
where  p.force_id = :force and p.person_id = :personId
