-- Someone named in a case.
--@ seen case_person:{case_person_id}:{version}
select n.case_person_id, n.case_id, n.person_id, n.role, n.active, n.reason, n.recorded_by, n.recorded_at, n.changed_by, n.changed_at,
       n.version, n.version as "@etag"
from   case_person n
where  n.force_id = :force and n.case_id = :caseId and n.case_person_id = :casePersonId
