-- Names someone in a case besides its two parties.
select refuse_faults(reference_faults(jsonb_build_array(jsonb_strip_nulls(jsonb_build_object(
         'pointer', '', 'personId', :personId::uuid, 'person', :person::jsonb))), null, null));

insert into person (force_id, person_id, given_name, family_name, aliases, date_of_birth, phones, addresses,
                    external_references, works_for_police, safe_contact)
select :force, part_id(:newId, 1), p.* from person_of(:person) p where :person::jsonb is not null;

insert into case_person (force_id, case_person_id, case_id, person_id, role)
values (:force, :newId, seen_case(:caseId), coalesce(:personId, part_id(:newId, 1)), :role);

select n.case_person_id, n.case_id, n.person_id, n.role, n.active, n.reason, n.recorded_by, n.recorded_at, n.changed_by, n.changed_at,
       n.version, n.version as "@etag"
from   case_person n
where  n.force_id = :force and n.case_person_id = :newId
