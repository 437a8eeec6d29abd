-- One link between a contact and a case.
--@ seen contact_case:{link_id}:{version}
select l.link_id, l.case_id, l.contact_id, l.active, l.reason, l.occurred_at, l.recorded_by, l.recorded_at, l.changed_by, l.changed_at,
       l.version, l.version as "@etag"
from   contact_case l
where  l.force_id = :force and l.case_id = :caseId and l.link_id = :linkId
