-- Links a contact to a case, with the reason; one that was reviewed or closed is open again.
insert into contact_case (force_id, link_id, contact_id, case_id, reason)
select :force, :newId, known_contact(:contactId, '/contactId'), c, :reason from seen_case(:caseId) c;

select l.link_id, l.case_id, l.contact_id, l.active, l.reason, l.occurred_at, l.recorded_by, l.recorded_at, l.changed_by, l.changed_at,
       l.version, l.version as "@etag"
from   contact_case l
where  l.force_id = :force and l.link_id = :newId
