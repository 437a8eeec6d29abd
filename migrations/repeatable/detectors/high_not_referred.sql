-- high_not_referred: 14 yes or more, or the agreed grade high, and 48 hours later no referral to a conference or an advocate.
-- Source: SafeLives, referral to a MARAC, visible high risk (the hours are the project's own). The count of yes stands by itself: a case graded lower
-- in spite of it is found too.
-- Settings: ticks, hours, days (how far back a judgement counts), services (kinds that count as a referral).
create or replace function detect_high_not_referred(subject case_facts, at timestamptz, limits jsonb) returns finding[]
language plpgsql stable strict as $$
declare
  enough   int := limits ->> 'ticks';
  graded   boolean := coalesce(subject.agreed_grade = 'high', false);
  since    timestamptz := at - make_interval(days => (limits ->> 'days')::int);
  covered  timestamptz;
  assessed assessment_facts;
  high     assessment_facts[] := '{}';
  due      timestamptz;
  records  jsonb;
begin
  if subject.has_referrals then
    select max(r.ended_at) into covered from referrals_made(subject.cases, limits -> 'services', at) r;
    since := greatest(since, covered);
  end if;
  foreach assessed in array assessments_in(subject.assessments, subject.case_id, since, 50) loop
    if assessed.tick_count >= enough or graded and assessed.assessor_grade = 'high' then
      high := high || assessed;
    end if;
  end loop;
  if high = '{}' and not (graded and subject.has_reviews) then
    return null;
  end if;
  select min(n.moment) + make_interval(hours => (limits ->> 'hours')::int), jsonb_agg(n.shown order by n.moment)
  into   due, records
  from  (select a.occurred_at as moment, record_shown('assessment', a.assessment_id, a.occurred_at,
                jsonb_build_object('yes', a.tick_count, 'grade', a.assessor_grade)) as shown
         from   unnest(high) a
         union all
         select r.occurred_at, record_shown('review', r.review_id, r.occurred_at, jsonb_build_object('grade', r.specialist_grade))
         from   review r
         where  r.force_id = current_force() and r.case_id = subject.case_id and r.recorded_at <= at and r.occurred_at > since
         and    graded and r.specialist_grade = 'high'
         order  by moment limit 20) n;
  if due > at then
    return array[(subject.case_id, null, null, null, due)::finding];
  elsif due is not null then
    return array[(subject.case_id, null,
                  format('High risk, and after %s hours no referral to a conference or an advocate.', limits ->> 'hours'),
                  evidence_of(records, jsonb_build_object('agreedHigh', graded)), null)::finding];
  end if;
  return null;
end $$;
comment on function detect_high_not_referred(case_facts, timestamptz, jsonb) is 'Looks at a case.';
select define_detector('high_not_referred', 1, 'critical', 'specialist', 'case', 1,
  '{"ticks": 14, "hours": 48, "days": 365, "services": ["marac", "idva", "advocacy"]}',
  'Fourteen yes or more, or an agreed grade of high, and no referral to a conference or an advocate within 48 hours.',
  'Refer the case now, on a basis other than consent if need be, and ask what has been done for her safety meanwhile.');
