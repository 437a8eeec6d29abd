-- What detectors of cases ask, as of a moment: assessments that stand, and referrals that count.

-- A list without escapes reads as an array once its brackets are braces: that needs no query, and detectors ask for it often.
create or replace function words_of(list jsonb) returns text[] language plpgsql immutable as $$
begin
  if strpos(list::text, '\') = 0 then
    return ('{' || btrim(list::text, '[]') || '}')::text[];
  end if;
  return array(select jsonb_array_elements_text(list));
end $$;
comment on function words_of(jsonb) is 'A setting''s list of words.';

-- One that another supersedes does not stand.
create or replace function standing_assessments(cases uuid[], since timestamptz, at timestamptz, most int)
returns table (assessment_id uuid, occurred_at timestamptz, tick_count int, yes_topics text[], suggested_grade text, assessor_grade text,
               answers_rationale text) language plpgsql stable as $$
#variable_conflict use_column
begin
  return query
  select a.assessment_id, a.occurred_at, a.tick_count, a.yes_topics, a.suggested_grade::text, a.assessor_grade::text, a.answers_rationale
  from   assessment a
  where  a.force_id = current_force() and a.case_id = any (cases) and a.occurred_at > since and a.recorded_at <= at
  and    not exists (select from assessment n where n.force_id = current_force() and n.supersedes = a.assessment_id and n.recorded_at <= at)
  order  by a.occurred_at desc, a.assessment_id desc limit most;
end $$;
comment on function standing_assessments(uuid[], timestamptz, timestamptz, int) is 'Assessments of cases after a moment, the newest first.';

-- A draft is no referral, nor is one that came back or was withdrawn: nobody at the service has it. One that was declined,
-- or whose outcome is known, was one until then.
create or replace function referrals_made(cases uuid[], kinds text[], at timestamptz)
returns table (referral_id uuid, sent_at timestamptz, ended_at timestamptz) language plpgsql stable as $$
#variable_conflict use_column
begin
  return query
  select r.referral_id, s.occurred_at,
         coalesce(min(t.occurred_at) filter (where t.to_status in ('declined', 'outcome_recorded')), 'infinity')
  from   referral r
  join   service k on k.force_id = current_force() and k.service_id = r.service_id and k.kind = any (kinds)
  cross  join lateral (select m.number, m.occurred_at from referral_transition m
                       where  m.force_id = current_force() and m.referral_id = r.referral_id and m.to_status = 'sent' and m.recorded_at <= at
                       order  by m.number desc limit 1) s
  left   join referral_transition t on t.force_id = current_force() and t.referral_id = r.referral_id and t.number > s.number and t.recorded_at <= at
  where  r.force_id = current_force() and r.case_id = any (cases) and r.recorded_at <= at
  group  by r.referral_id, s.occurred_at
  having coalesce(bool_and(t.to_status not in ('returned', 'withdrawn')), true);
end $$;
comment on function referrals_made(uuid[], text[], timestamptz) is
  'Referrals of cases to kinds of services: when each was last sent, and when it was declined or had its outcome; infinity while neither.';

grant execute on function words_of(jsonb), standing_assessments(uuid[], timestamptz, timestamptz, int),
  referrals_made(uuid[], text[], timestamptz) to secondlook_app, secondlook_detector;
