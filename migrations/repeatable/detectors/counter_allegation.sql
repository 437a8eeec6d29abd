-- counter_allegation: the suspect of an earlier case now reports that case's victim.
-- Source: College of Policing, APP Domestic abuse (the primary perpetrator and counter-allegations). The alert is the earlier case's, so that who may
-- not see that case does not see it; it shows what was assessed there and who was judged to be the primary aggressor; why, stand those records
-- themselves.
-- Settings: years (how far back the earlier case may have been opened).
create or replace function detect_counter_allegation(subject uuid, at timestamptz, limits jsonb) returns setof finding
language plpgsql stable as $$
declare
  report   record;
  since    timestamptz;
  earlier  record;
  judged   record;
  assessed record;
  grade    text;
begin
  select c.contact_id, c.occurred_at into report from contact c
  where  c.force_id = current_force() and c.contact_id = subject and c.recorded_at <= at;
  since := report.occurred_at - make_interval(years => (limits ->> 'years')::int);
  for earlier in
    select o.case_id, o.occurred_at, o.perpetrator_id
    from  (select v.person_id as victim, s.person_id as suspect
           from   contact_person v join contact_person s on s.force_id = current_force() and s.contact_id = subject and s.role = 'suspect' and s.recorded_at <= at
           where  v.force_id = current_force() and v.contact_id = subject and v.role in ('victim', 'caller') and v.recorded_at <= at
           union
           select k.victim_id, k.perpetrator_id
           from   contact_case l join case_file k on k.force_id = current_force() and k.case_id = l.case_id
           where  l.force_id = current_force() and l.contact_id = subject and l.active and l.recorded_at <= at) reported
    join   case_file o on o.force_id = current_force() and o.victim_id = reported.suspect and o.perpetrator_id = reported.victim
    where  o.recorded_at <= at and o.occurred_at < report.occurred_at and o.occurred_at >= since
    order  by o.occurred_at desc limit 5
  loop
    grade := agreed_grade_at(earlier.case_id, at);
    select j.judgement_id, j.occurred_at, j.person_id into judged from primary_aggressor_assessment j
    where  j.force_id = current_force() and j.case_id = earlier.case_id and j.recorded_at <= at order by j.recorded_at desc, j.judgement_id desc limit 1;
    select a.* into assessed from standing_assessments(array[earlier.case_id], since, at, 1) a;
    return next (earlier.case_id, subject,
      case when judged.person_id = earlier.perpetrator_id
           then 'The suspect of an earlier case, judged to be the primary aggressor there, now reports its victim.'
           else 'The suspect of an earlier case now reports its victim.' end,
      evidence_of(to_jsonb(array_remove(array[
          record_shown('case', earlier.case_id, earlier.occurred_at, jsonb_build_object('agreedGrade', grade)),
          case when assessed.assessment_id is not null then record_shown('assessment', assessed.assessment_id, assessed.occurred_at,
            jsonb_build_object('grade', assessed.assessor_grade, 'yes', assessed.yes_topics)) end,
          case when judged.judgement_id is not null then record_shown('primary_aggressor_assessment', judged.judgement_id, judged.occurred_at) end,
          record_shown('contact', subject, report.occurred_at)], null)),
        jsonb_build_object('primaryAggressor', judged.person_id)), null)::finding;
  end loop;
end $$;
comment on function detect_counter_allegation(uuid, timestamptz, jsonb) is 'Looks at a contact.';
select define_detector('counter_allegation', 1, 'warning', 'specialist', 'contact', 2, '{"years": 10}',
  'The suspect of an earlier case reports its victim.',
  'Read who was judged to be the primary aggressor there, and why, before either of them is treated as the suspect.');
