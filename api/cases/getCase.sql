-- One case as it stands, with its latest grades and who else is named in it; first how the victim may safely be reached.
select v.safe_contact, c.case_id, c.reference, c.victim_id, c.perpetrator_id, c.status, c.summary, c.occurred_at, c.recorded_at, c.recorded_by,
       c.restricted, c.reason, c.version, g.agreed_grade, g.assessor_grade, g.specialist_grade, g.suggested_grade, g.graded_at,
       n.people, (select instant(max(l.occurred_at)) from contact_case l
                  where l.force_id = c.force_id and l.case_id = c.case_id and l.active) as latest_contact_at,
       exists (select from case_file e where e.force_id = c.force_id and e.victim_id = c.perpetrator_id and e.perpetrator_id = c.victim_id
               and e.recorded_at < c.recorded_at) as counter_allegation,
       c.version as "@etag",
       concat_ws(' ', 'case:' || c.case_id || ':' || c.version, 'latest_grade:' || g.case_id || ':' || g.version,
                 'person:' || v.person_id || ':' || v.version, n.seen) as "@seen"
from   case_file c
left   join latest_grade g using (force_id, case_id)
left   join lateral (
         select p.safe_contact, p.person_id, p.version
         from   person p where p.force_id = :force and p.person_id = c.victim_id and p.safe_contact is not null limit 1) v on true
cross  join lateral (
         select coalesce(jsonb_agg(jsonb_build_object('casePersonId', t.case_person_id, 'personId', t.person_id, 'role', t.role)
                                   order by t.case_person_id), '[]') as people,
                string_agg('case_person:' || t.case_person_id || ':' || t.version, ' ') as seen
         from   case_person t where t.force_id = c.force_id and t.case_id = c.case_id and t.active) n
where  c.force_id = :force and c.case_id = :caseId
