-- Who may not, and who may, see a case; the version is the case's.
select r.case_id, r.restricted, to_jsonb(r.blocked) as blocked, to_jsonb(r.permitted) as permitted, r.supervisor, r.reason,
       r.changed_by, r.changed_at, c.version, c.version as "@etag", 'case_restriction:' || r.case_id || ':' || r.version as "@seen"
from   case_restriction r join case_file c using (force_id, case_id)
where  r.force_id = :force and r.case_id = :caseId
