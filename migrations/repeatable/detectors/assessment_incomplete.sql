-- assessment_incomplete: over 20 % of the questions not asked or not known, or a factor of high risk not asked.
-- Source: the project's own reading; the share is its own too: blank is never "no". Of each set the latest assessment that stands is looked at, so
-- asking again settles it.
-- Settings: percent, days (how far back).
create or replace function detect_assessment_incomplete(subject case_facts, at timestamptz, limits jsonb) returns finding[]
language plpgsql stable strict as $$
declare
  percent  int := limits ->> 'percent';
  since    timestamptz := at - make_interval(days => (limits ->> 'days')::int);
  assessed assessment_facts;
  sets     text[] := '{}';
  gaps     uuid[] := '{}';
  records  jsonb;
begin
  foreach assessed in array assessments_in(subject.assessments, subject.case_id, since, 100) loop
    if assessed.set_name <> all (sets) and assessed.unanswered_count > 0 then
      gaps := gaps || assessed.assessment_id;
    end if;
    sets := sets || assessed.set_name;
  end loop;
  if gaps = '{}' then
    return null;
  end if;
  select jsonb_agg(record_shown('assessment', q.assessment_id, q.occurred_at,
           jsonb_build_object('unanswered', q.unanswered_count, 'asked', q.asked, 'highRiskNotAsked', q.skips_high_risk)) order by q.occurred_at)
  into   records
  from  (select a.*, jsonb_array_length(a.answers) as asked, a.faults @> '[{"code": "high_risk_not_asked"}]' as skips_high_risk
         from   assessment a where a.force_id = current_force() and a.assessment_id = any (gaps) limit 20) q
  where  q.unanswered_count * 100 > q.asked * percent or q.skips_high_risk;
  if records is null then
    return null;
  end if;
  return array[(subject.case_id, null, 'Too many questions were not asked or are not known, or a factor of high risk was not asked about.',
                evidence_of(records), null)::finding];
end $$;
comment on function detect_assessment_incomplete(case_facts, timestamptz, jsonb) is 'Looks at a case.';
select define_detector('assessment_incomplete', 1, 'warning', 'specialist', 'case', 3, '{"percent": 20, "days": 365}',
  'Too many questions were not asked or are not known, or a factor of high risk was not asked.',
  'Have the missing questions asked when it is safe, and read the grade as not yet known.');
