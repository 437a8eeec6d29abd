-- Changes what describes a case (RFC 7396), or says who the perpetrator is once that is known.
update case_file c
set    reference = case when :body::jsonb ? 'reference' then :reference else c.reference end,
       summary = case when :body::jsonb ? 'summary' then :summary else c.summary end,
       perpetrator_id = case when :body::jsonb ? 'perpetratorId' then known_person(:perpetratorId::uuid, '/perpetratorId') else c.perpetrator_id end,
       version = :ifMatch
where  c.force_id = :force and c.case_id = :caseId
returning c.case_id, c.reference, c.victim_id, c.perpetrator_id, c.status, c.summary, c.occurred_at, c.recorded_at, c.recorded_by,
          c.restricted, c.reason, c.version, c.version as "@etag"
