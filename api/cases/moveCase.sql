-- Moves a case to another state.
update case_file c
set    status = :to, reason = :reason, version = :ifMatch
where  c.force_id = :force and c.case_id = :caseId
returning c.case_id, c.reference, c.victim_id, c.perpetrator_id, c.status, c.summary, c.occurred_at, c.recorded_at, c.recorded_by,
          c.restricted, c.reason, c.version, c.version as "@etag"
