-- high_not_referred: 14 yes or more, or the agreed grade high, and 48 hours later no referral to a conference or an advocate.
-- Source: SafeLives, referral to a MARAC, visible high risk (the hours are the project's own). The count of yes stands by itself: a case graded lower
-- in spite of it is found too.
-- Settings: ticks, hours, days (how far back a judgement counts), services (kinds that count as a referral).
create or replace function detect_high_not_referred(subject uuid, at timestamptz, limits jsonb) returns setof finding
language plpgsql stable as $$
declare
  enough  int := limits ->> 'ticks';
  graded  boolean := coalesce(agreed_grade_at(subject, at) = 'high', false);
  covered timestamptz;
  since   timestamptz := at - make_interval(days => (limits ->> 'days')::int);
  due     timestamptz;
  records jsonb;
begin
  select max(r.ended_at) into covered from referrals_made(cases_of_pair(subject), words_of(limits -> 'services'), at) r;
  since := greatest(since, covered);
  if since > at then
    return;
  end if;
  select min(n.moment) + make_interval(hours => (limits ->> 'hours')::int), jsonb_agg(n.shown order by n.moment)
  into   due, records
  from  (select a.occurred_at as moment, record_shown('assessment', a.assessment_id, a.occurred_at,
                jsonb_build_object('yes', a.tick_count, 'grade', a.assessor_grade)) as shown
         from   standing_assessments(array[subject], since, at, 50) a
         where  a.tick_count >= enough or graded and a.assessor_grade = 'high'
         union all
         select r.occurred_at, record_shown('review', r.review_id, r.occurred_at, jsonb_build_object('grade', r.specialist_grade))
         from   review r
         where  r.force_id = current_force() and r.case_id = subject and r.recorded_at <= at and r.occurred_at > since
         and    graded and r.specialist_grade = 'high'
         order  by moment limit 20) n;
  if due > at then
    return next (subject, null, null, null, due)::finding;
  elsif due is not null then
    return next (subject, null,
                 format('High risk, and after %s hours no referral to a conference or an advocate.', limits ->> 'hours'),
                 evidence_of(records, jsonb_build_object('agreedHigh', graded)), null)::finding;
  end if;
end $$;
comment on function detect_high_not_referred(uuid, timestamptz, jsonb) is 'Looks at a case.';
select define_detector('high_not_referred', 1, 'critical', 'specialist', 'case', 1,
  '{"ticks": 14, "hours": 48, "days": 365, "services": ["marac", "idva", "advocacy"]}',
  'Fourteen yes or more, or an agreed grade of high, and no referral to a conference or an advocate within 48 hours.',
  'Refer the case now, on a basis other than consent if need be, and ask what has been done for her safety meanwhile.');
