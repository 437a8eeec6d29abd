-- downgrade_unprobed: an assessment graded below what was given to the pair in the 365 days before it, whose rationale it does not answer.
-- Source: IOPC, West Midlands Police's contact with Raneem Oudeh (18 November 2022): a grade was lowered without probing the rationale of the earlier
-- one. A grade that is entered late counts from then on; one that an authorised lowering set aside counts no longer, nor does a lowering that a
-- review has undone.
-- Settings: days.
create or replace function detect_downgrade_unprobed(subject case_facts, at timestamptz, limits jsonb) returns finding[]
language plpgsql stable strict as $$
declare
  span     interval := make_interval(days => (limits ->> 'days')::int);
  since    timestamptz := at - span;
  earlier  timestamptz := since - span;
  assessed assessment_facts;
  silent   assessment_facts[] := '{}';
  given    text;
  above    text;
  records  jsonb;
begin
  foreach assessed in array assessments_in(subject.assessments, subject.case_id, since, 20) loop
    if not assessed.is_answered and (subject.has_reviews or grade_level(assessed.assessor_grade) < subject.highest_level) then
      silent := silent || assessed;
    end if;
  end loop;
  if silent = '{}' then
    return null;
  end if;
  with authorised as (
    select r.review_id, r.overturns from review r join review_authorisation z on z.force_id = current_force() and z.review_id = r.review_id
    where  r.force_id = current_force() and r.case_id = any (subject.cases) and r.decision = 'lower' and z.recorded_at <= at),
  grades as (
    select 'assessment' as kind, a.assessment_id as id, a.occurred_at as moment, a.assessor_grade::text as grade from assessment a
    where  a.force_id = current_force() and a.case_id = any (subject.cases) and a.occurred_at > earlier and a.recorded_at <= at
    and    a.assessor_grade is not null
    union all
    select 'review', r.review_id, r.occurred_at, r.specialist_grade from review r
    where  r.force_id = current_force() and r.case_id = any (subject.cases) and r.occurred_at > earlier and r.recorded_at <= at
    and    (r.decision <> 'lower' or exists (select from authorised z where z.review_id = r.review_id))),
  lowered as (
    select a.assessment_id as id, a.occurred_at as moment, a.assessor_grade as grade, h.kind as above_kind, h.id as above_id, h.moment as above_moment,
           h.grade as above
    from   unnest(silent) a
    cross  join lateral (select g.* from grades g
                         where  g.moment > a.occurred_at - span and g.moment <= a.occurred_at and g.id <> a.assessment_id
                         and    grade_level(g.grade) > grade_level(a.assessor_grade)
                         and    not exists (select from authorised z where g.id = any (z.overturns))
                         order  by grade_level(g.grade) desc, g.moment desc limit 1) h
    where  not exists (select from review r where r.force_id = current_force() and r.assessment_id = a.assessment_id
                       and r.recorded_at <= at and grade_level(r.specialist_grade) >= grade_level(h.grade))
    order  by a.occurred_at desc limit 10)
  select (array_agg(l.grade order by l.moment desc))[1], (array_agg(l.above order by l.moment desc))[1],
         (select jsonb_agg(e.shown order by e.moment) from (
            select l.moment, record_shown('assessment', l.id, l.moment, jsonb_build_object('grade', l.grade)) as shown from lowered l
            union
            select l.above_moment, record_shown(l.above_kind, l.above_id, l.above_moment, jsonb_build_object('grade', l.above)) from lowered l) e)
  into   given, above, records
  from   lowered l;
  if given is null then
    return null;
  end if;
  return array[(subject.case_id, null,
                format('Graded %s although %s was given within %s days before, and the earlier rationale is not answered.', given, above, limits ->> 'days'),
                evidence_of(records), null)::finding];
end $$;
comment on function detect_downgrade_unprobed(case_facts, timestamptz, jsonb) is 'Looks at a case.';
select define_detector('downgrade_unprobed', 1, 'critical', 'specialist', 'case', 1, '{"days": 365}',
  'Lower than a grade of the last 12 months, whose rationale is not answered.',
  'Read why the earlier grade was given and ask what has changed; raise the grade, or answer the rationale in a review.');
