-- Un-links a contact from a case, or links it again, with a reason; the ledger keeps every turn.
update contact_case l
set    active = :active, reason = :reason, version = :ifMatch
where  l.force_id = :force and l.case_id = :caseId and l.link_id = :linkId
returning l.link_id, l.case_id, l.contact_id, l.active, l.reason, l.occurred_at, l.recorded_by, l.recorded_at, l.changed_by, l.changed_at,
          l.version, l.version as "@etag"
