-- assessment_incomplete: over 20 % of the questions not asked or not known, or a factor of high risk not asked.
-- Source: the project's own reading; the share is its own too: blank is never "no". Of each set the latest assessment that stands is looked at, so
-- asking again settles it.
-- Settings: percent, days (how far back).
create or replace function detect_assessment_incomplete(subject uuid, at timestamptz, limits jsonb) returns setof finding
language plpgsql stable as $$
declare
  percent int := limits ->> 'percent';
  since   timestamptz := at - make_interval(days => (limits ->> 'days')::int);
  records jsonb;
begin
  select jsonb_agg(record_shown('assessment', q.assessment_id, q.occurred_at,
           jsonb_build_object('unanswered', q.unanswered_count, 'asked', q.asked, 'highRiskNotAsked', q.skips_high_risk)) order by q.occurred_at)
  into   records
  from  (select l.*, jsonb_array_length(l.answers) as asked, l.faults @> '[{"code": "high_risk_not_asked"}]' as skips_high_risk
         from  (select distinct on (a.set_name) a.* from assessment a
                where  a.force_id = current_force() and a.case_id = subject and a.occurred_at > since and a.recorded_at <= at
                and    not exists (select from assessment n where n.force_id = current_force() and n.supersedes = a.assessment_id and n.recorded_at <= at)
                order  by a.set_name, a.occurred_at desc, a.assessment_id desc) l
         where  l.unanswered_count > 0 limit 20) q
  where  q.unanswered_count * 100 > q.asked * percent or q.skips_high_risk;
  if records is not null then
    return next (subject, null, 'Too many questions were not asked or are not known, or a factor of high risk was not asked about.',
                 evidence_of(records), null)::finding;
  end if;
end $$;
comment on function detect_assessment_incomplete(uuid, timestamptz, jsonb) is 'Looks at a case.';
select define_detector('assessment_incomplete', 1, 'warning', 'specialist', 'case', 3, '{"percent": 20, "days": 365}',
  'Too many questions were not asked or are not known, or a factor of high risk was not asked.',
  'Have the missing questions asked when it is safe, and read the grade as not yet known.');
