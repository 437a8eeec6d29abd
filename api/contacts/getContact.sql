-- One contact with its people, its cases and its facts; first how the victim may safely be reached.
select n.safe_contact, c.contact_id, c.reference, c.occurred_at, c.recorded_at, c.recorded_by, c.channel, c.caller, c.phone, c.address,
       c.cut_off, c.suspect_present, c.suspect_nearby, c.children_present, c.weapons, c.injuries, c.order_in_force,
       c.response_grade, c.target_at, c.narrative, c.fresh_risk, c.crime_reference, c.compliant, c.faults,
       n.people, l.case_ids, g.facts as response_grades, a.facts as attendances, k.facts as closures, h.facts as history_checks,
       c.version, c.version as "@etag",
       concat_ws(' ', 'contact:' || c.contact_id || ':' || c.version, n.seen, l.seen, g.seen, a.seen, k.seen, h.seen) as "@seen"
from   contact c
cross  join lateral (
         select coalesce(jsonb_agg(jsonb_build_object('personId', t.person_id, 'role', t.role, 'givenName', p.given_name,
                                                      'familyName', p.family_name) order by t.contact_person_id), '[]') as people,
                (array_agg(p.safe_contact || jsonb_build_object('personId', p.person_id) order by t.contact_person_id)
                   filter (where t.role = 'victim' and p.safe_contact is not null))[1] as safe_contact,
                string_agg('person:' || p.person_id || ':' || p.version, ' ') as seen
         from   contact_person t left join person p using (force_id, person_id)
         where  t.force_id = c.force_id and t.contact_id = c.contact_id) n
cross  join lateral (
         select coalesce(jsonb_agg(t.case_id order by t.link_id), '[]') as case_ids,
                string_agg('contact_case:' || t.link_id || ':' || t.version, ' ') as seen
         from   contact_case t where t.force_id = c.force_id and t.contact_id = c.contact_id and t.active) l
cross  join lateral (
         select coalesce(jsonb_agg(jsonb_build_object(
                  'changeId', t.change_id, 'fromGrade', t.from_grade, 'toGrade', t.to_grade, 'targetAt', instant(t.target_at),
                  'reason', t.reason, 'authorisedBy', t.authorised_by, 'occurredAt', instant(t.occurred_at),
                  'recordedBy', t.recorded_by, 'compliant', t.compliant, 'faults', t.faults) order by t.occurred_at, t.change_id), '[]') as facts,
                string_agg('response_grade_change:' || t.change_id || ':' || t.version, ' ') as seen
         from   response_grade_change t where t.force_id = c.force_id and t.contact_id = c.contact_id) g
cross  join lateral (
         select coalesce(jsonb_agg(jsonb_build_object(
                  'attendanceId', t.attendance_id, 'occurredAt', instant(t.occurred_at), 'dispatchedAt', instant(t.dispatched_at),
                  'victimSeen', t.victim_seen, 'recordedBy', t.recorded_by, 'compliant', t.compliant, 'faults', t.faults)
                  order by t.occurred_at, t.attendance_id), '[]') as facts,
                string_agg('attendance:' || t.attendance_id || ':' || t.version, ' ') as seen
         from   attendance t where t.force_id = c.force_id and t.contact_id = c.contact_id) a
cross  join lateral (
         select coalesce(jsonb_agg(jsonb_build_object(
                  'closureId', t.closure_id, 'occurredAt', instant(t.occurred_at), 'outcome', t.outcome, 'victimSeen', t.victim_seen,
                  'victimSpokenTo', t.victim_spoken_to, 'recordedBy', t.recorded_by, 'compliant', t.compliant, 'faults', t.faults)
                  order by t.occurred_at, t.closure_id), '[]') as facts,
                string_agg('closure:' || t.closure_id || ':' || t.version, ' ') as seen
         from   closure t where t.force_id = c.force_id and t.contact_id = c.contact_id) k
cross  join lateral (
         select coalesce(jsonb_agg(jsonb_build_object(
                  'checkId', t.check_id, 'occurredAt', instant(t.occurred_at), 'systems', to_jsonb(t.systems), 'checkedBy', t.checked_by,
                  'recordedBy', t.recorded_by, 'compliant', t.compliant, 'faults', t.faults) order by t.occurred_at, t.check_id), '[]') as facts,
                string_agg('history_check:' || t.check_id || ':' || t.version, ' ') as seen
         from   history_check t where t.force_id = c.force_id and t.contact_id = c.contact_id) h
where  c.force_id = :force and c.contact_id = :contactId
