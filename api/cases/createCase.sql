-- Opens a case: a victim and, once known, a perpetrator, each known already or recorded with it; says which other cases may be the same.
select refuse_faults(reference_faults(
         jsonb_build_array(
           jsonb_strip_nulls(jsonb_build_object('pointer', '/victim', 'member', 'Id', 'personId', :victimId::uuid, 'person', :victim::jsonb)),
           jsonb_strip_nulls(jsonb_build_object('pointer', '/perpetrator', 'member', 'Id', 'optional', true,
                                                'personId', :perpetratorId::uuid, 'person', :perpetrator::jsonb))), null, :contactIds));

insert into person (force_id, person_id, given_name, family_name, aliases, date_of_birth, phones, addresses,
                    external_references, works_for_police, safe_contact)
select :force, part_id(:newId, n), p.*
from   unnest(array[:victim::jsonb, :perpetrator::jsonb]) with ordinality as party (item, n), person_of(item) p
where  item is not null;

insert into case_file (force_id, case_id, reference, victim_id, perpetrator_id, summary, occurred_at)
values (:force, :newId, :reference, coalesce(:victimId, part_id(:newId, 1)),
        case when :perpetrator::jsonb is not null then part_id(:newId, 2) else :perpetratorId end, :summary, coalesce(:occurredAt, domain_now()));

insert into contact_case (force_id, link_id, contact_id, case_id, reason)
select :force, part_id(:newId, 200 + n), linked::uuid, :newId, 'The case was opened with it.'
from   jsonb_array_elements_text(:contactIds) with ordinality as listed (linked, n);

select c.case_id, c.reference, c.victim_id, c.perpetrator_id, c.status, c.summary, c.occurred_at, c.recorded_at, c.recorded_by,
       c.restricted, c.reason, c.version, d.duplicates as possible_duplicates,
       c.version as "@etag", d.seen as "@seen"
from   case_file c
cross  join lateral (
         select coalesce(jsonb_agg(jsonb_build_object('caseId', o.case_id, 'reference', o.reference, 'status', o.status, 'why', o.why)), '[]')
                  as duplicates, string_agg('case:' || o.case_id || ':' || o.version, ' ') as seen
         from   possible_duplicates(c.case_id) o) d
where  c.force_id = :force and c.case_id = :newId
