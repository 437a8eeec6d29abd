-- Restricts a case, changes who may see it, or lifts the restriction. If-Match is the case's: it changes with its restriction.
select refuse_faults(coalesce(jsonb_agg(jsonb_build_object('pointer', '/supervisor', 'code', 'unknown_reference',
         'detail', 'No supervisor here who isn''t blocked.')), '[]'))
from   seen_case(:caseId) c
where  not exists (select from staff s where s.force_id = :force and s.reference = :supervisor and s.enabled
                   and 'supervisor' = any (s.roles) and not :blocked::jsonb ? s.reference);

insert into case_restriction (force_id, case_id, restricted, blocked, permitted, supervisor, reason)
select :force, c.case_id, :restricted, array(select jsonb_array_elements_text(:blocked)),
       array(select jsonb_array_elements_text(:permitted)), :supervisor, :reason
from   case_file c
where  c.force_id = :force and c.case_id = :caseId
on     conflict (force_id, case_id) do update
set    restricted = excluded.restricted, blocked = excluded.blocked, permitted = excluded.permitted,
       supervisor = excluded.supervisor, reason = excluded.reason;

update case_file c
set    restricted = :restricted, version = :ifMatch
where  c.force_id = :force and c.case_id = :caseId;

select r.case_id, r.restricted, to_jsonb(r.blocked) as blocked, to_jsonb(r.permitted) as permitted, r.supervisor, r.reason,
       r.changed_by, r.changed_at, c.version, c.version as "@etag"
from   case_restriction r join case_file c using (force_id, case_id)
where  r.force_id = :force and r.case_id = :caseId
