-- Who is named in a case besides its parties, those taken back too, in the order they were recorded.
--@ cursor recorded_at, case_person_id
select seen_case(:caseId);

select n.case_person_id, n.case_id, n.person_id, n.role, n.active, n.reason, n.recorded_by, n.recorded_at, n.changed_by, n.changed_at,
       n.version, p.given_name, p.family_name,
       concat_ws(' ', 'case_person:' || n.case_person_id || ':' || n.version, 'person:' || p.person_id || ':' || p.version) as "@seen"
from   case_person n left join person p using (force_id, person_id)
where  n.force_id = :force and n.case_id = :caseId
--? cursor and (n.recorded_at, n.case_person_id) > ((:cursor::jsonb ->> 0)::timestamptz, (:cursor::jsonb ->> 1)::uuid)
order  by n.recorded_at, n.case_person_id
limit  :fetch
