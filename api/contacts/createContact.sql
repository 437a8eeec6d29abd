-- Records a report as it reaches the police, with the people it names (new ones are recorded too) and its cases.
select refuse_faults(reference_faults(
         (select jsonb_agg(item || jsonb_build_object('pointer', '/people/' || n - 1))
          from jsonb_array_elements(:people::jsonb) with ordinality as named (item, n)), :caseIds::jsonb, null)
       || (select coalesce(jsonb_agg(jsonb_build_object('pointer', '/people/' || n - 1, 'code', 'repeated',
                                                        'detail', 'The same person is named in the same role before.')), '[]')
           from (select n, row_number() over (partition by item ->> 'personId', item ->> 'role' order by n) as nth
                 from jsonb_array_elements(:people::jsonb) with ordinality as named (item, n) where item ? 'personId') t
           where nth > 1));

insert into contact (force_id, contact_id, reference, occurred_at, channel, caller, phone, address, cut_off, suspect_present,
                     suspect_nearby, children_present, weapons, injuries, order_in_force, response_grade,
                     narrative, fresh_risk, crime_reference)
values (:force, :newId, :reference, :occurredAt, :channel, :caller, :phone, :address, coalesce(:cutOff, false),
        coalesce(:suspectPresent, 'unknown'), coalesce(:suspectNearby, 'unknown'), coalesce(:childrenPresent, 'unknown'),
        coalesce(:weapons, 'unknown'), coalesce(:injuries, 'unknown'), coalesce(:orderInForce, 'unknown'),
        :responseGrade, :narrative, :freshRisk, :crimeReference);

insert into person (force_id, person_id, given_name, family_name, aliases, date_of_birth, phones, addresses,
                    external_references, works_for_police, safe_contact)
select :force, part_id(:newId, n), p.given_name, p.family_name, p.aliases, p.date_of_birth, p.phones, p.addresses,
       p.external_references, p.works_for_police, p.safe_contact
from   jsonb_array_elements(:people) with ordinality as named (item, n), person_of(item -> 'person') p
where  item ? 'person';

insert into contact_person (force_id, contact_id, person_id, role, contact_person_id)
select :force, :newId, case when item ? 'person' then part_id(:newId, n) else (item ->> 'personId')::uuid end,
       item ->> 'role', part_id(:newId, 100 + n)
from   jsonb_array_elements(:people) with ordinality as named (item, n);

insert into contact_case (force_id, link_id, contact_id, case_id)
select :force, part_id(:newId, 200 + n), :newId, linked::uuid
from   jsonb_array_elements_text(:caseIds) with ordinality as listed (linked, n);

select c.contact_id, c.reference, c.occurred_at, c.recorded_at, c.recorded_by, c.channel, c.caller, c.phone, c.address,
       c.cut_off, c.suspect_present, c.suspect_nearby, c.children_present, c.weapons, c.injuries, c.order_in_force,
       c.response_grade, c.target_at, c.narrative, c.fresh_risk, c.crime_reference, c.compliant, c.faults,
       coalesce((select jsonb_agg(jsonb_build_object('personId', n.person_id, 'role', n.role, 'givenName', p.given_name,
                                                     'familyName', p.family_name) order by n.contact_person_id)
                 from   contact_person n join person p using (force_id, person_id)
                 where  n.force_id = c.force_id and n.contact_id = c.contact_id), '[]') as people,
       coalesce(:caseIds, '[]'::jsonb) as case_ids, '[]'::jsonb as response_grades, '[]'::jsonb as attendances,
       '[]'::jsonb as closures, '[]'::jsonb as history_checks, c.version, c.version as "@etag"
from   contact c
where  c.force_id = :force and c.contact_id = :newId
