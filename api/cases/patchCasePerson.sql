-- Takes someone back from a case, or names them again, with a reason.
update case_person n
set    active = :active, reason = :reason, version = :ifMatch
where  n.force_id = :force and n.case_id = :caseId and n.case_person_id = :casePersonId
returning n.case_person_id, n.case_id, n.person_id, n.role, n.active, n.reason, n.recorded_by, n.recorded_at, n.changed_by, n.changed_at,
          n.version, n.version as "@etag"
