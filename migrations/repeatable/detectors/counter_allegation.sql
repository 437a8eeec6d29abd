-- counter_allegation: the suspect of an earlier case now reports that case's victim.
-- Source: College of Policing, APP Domestic abuse (the primary perpetrator and counter-allegations). The alert is the earlier case's, so that who may
-- not see that case does not see it; it shows what was assessed there and who was judged to be the primary aggressor; why, stand those records
-- themselves.
-- Settings: years (how far back the earlier case may have been opened).
create or replace function detect_counter_allegation(subject contact_facts, at timestamptz, limits jsonb) returns finding[]
language plpgsql stable strict as $$
declare
  reported timestamptz := (subject.received).occurred_at;
  since    timestamptz := reported - make_interval(years => (limits ->> 'years')::int);
  ids      uuid[];
  earlier  record;
  judged   record;
  assessed assessment_facts;
  findings finding[];
begin
  ids := array(select o.case_id from case_file o
               where  o.force_id = current_force() and o.victim_id = any (subject.suspects) and o.perpetrator_id = any (subject.victims))
      || array(select o.case_id
               from   case_file k join case_file o on o.force_id = current_force() and o.victim_id = k.perpetrator_id and o.perpetrator_id = k.victim_id
               where  k.force_id = current_force() and k.case_id = any (subject.cases));
  if ids = '{}' then
    return null;
  end if;
  for earlier in
    select o.case_id, o.occurred_at, o.perpetrator_id
    from   case_file o
    where  o.force_id = current_force() and o.case_id = any (ids) and o.recorded_at <= at and o.occurred_at < reported and o.occurred_at >= since
    order  by o.occurred_at desc limit 5
  loop
    select j.judgement_id, j.occurred_at, j.person_id into judged from primary_aggressor_assessment j
    where  j.force_id = current_force() and j.case_id = earlier.case_id and j.recorded_at <= at order by j.recorded_at desc, j.judgement_id desc limit 1;
    select * into assessed from standing_assessments(array[earlier.case_id], since, at, 1);
    findings := findings || (earlier.case_id, subject.contact_id,
      case when judged.person_id = earlier.perpetrator_id
           then 'The suspect of an earlier case, judged to be the primary aggressor there, now reports its victim.'
           else 'The suspect of an earlier case now reports its victim.' end,
      evidence_of(to_jsonb(array_remove(array[
          record_shown('case', earlier.case_id, earlier.occurred_at, jsonb_build_object('agreedGrade', agreed_grade_at(earlier.case_id, at))),
          case when assessed.assessment_id is not null then record_shown('assessment', assessed.assessment_id, assessed.occurred_at,
            jsonb_build_object('grade', assessed.assessor_grade, 'yes', assessed.yes_topics)) end,
          case when judged.judgement_id is not null then record_shown('primary_aggressor_assessment', judged.judgement_id, judged.occurred_at) end,
          record_shown('contact', subject.contact_id, reported)], null)),
        jsonb_build_object('primaryAggressor', judged.person_id)), null)::finding;
  end loop;
  return findings;
end $$;
comment on function detect_counter_allegation(contact_facts, timestamptz, jsonb) is 'Looks at a contact.';
select define_detector('counter_allegation', 1, 'warning', 'specialist', 'contact', 2, '{"years": 10}',
  'The suspect of an earlier case reports its victim.',
  'Read who was judged to be the primary aggressor there, and why, before either of them is treated as the suspect.');
