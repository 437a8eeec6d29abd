-- Assessments: answers against their set, counts, the suggested grade, broken rules, and what a case's grades come to.

create or replace function grade_level(given text) returns int language sql immutable parallel safe
  return case given when 'standard' then 1 when 'medium' then 2 when 'high' then 3 end;
comment on function grade_level(text) is 'Grades as numbers, so that they compare: standard 1, medium 2, high 3.';

create or replace function grade_of(level int) returns text language sql immutable parallel safe
  return case level when 1 then 'standard' when 2 then 'medium' when 3 then 'high' end;
comment on function grade_of(int) is 'The grade of a level.';

select make_seen('seen_assessment', 'assessment', 'assessment_id');

create or replace function known_assessment(id uuid, of_case uuid, pointer text) returns uuid language plpgsql stable as $$
begin
  if id is null then
    return null;
  end if;
  perform from assessment a where a.force_id = current_force() and a.assessment_id = id and a.case_id = of_case;
  if not found then
    perform refuse_faults(jsonb_build_array(fault_at(pointer, 'unknown_reference', 'No such assessment of this case.')));
  end if;
  return id;
end $$;
comment on function known_assessment(uuid, uuid, text) is 'The assessment of that case, when there is one, else SL422 at that pointer.';

-- High and medium are thresholds of counts or combinations of questions; a threshold of null is not applied.
create or replace function suggest_grade(rule jsonb, ticks int, stars int, yes_keys text[]) returns text
language plpgsql immutable as $$
begin
  if rule is null then
    return null;
  elsif ticks >= (rule ->> 'highAtYes')::int or stars >= (rule ->> 'highAtHighRiskYes')::int then
    return 'high';
  elsif exists (select from jsonb_array_elements(rule -> 'highCombinations') as c (keys) where to_jsonb(yes_keys) @> keys) then
    return 'high';
  elsif ticks >= (rule ->> 'mediumAtYes')::int or stars >= (rule ->> 'mediumAtHighRiskYes')::int then
    return 'medium';
  end if;
  return 'standard';
end $$;
comment on function suggest_grade(jsonb, int, int, text[]) is 'The grade that a set''s rule suggests; null when the set has no rule.';

drop function if exists lacks_reason(jsonb);
create or replace function lacks_reason(answer text, why text) returns boolean language sql immutable parallel safe
  return answer in ('not_asked', 'declined', 'unsafe_to_ask', 'not_applicable') and coalesce(btrim(why), '') = '';
comment on function lacks_reason(text, text) is 'Whether a question was skipped without the reason why.';

-- What is wrong with answers that don't fit their set: slower than scoring, and needed only when they don't.
create or replace function answer_faults(set_name text, set_version int, given jsonb) returns jsonb language sql stable as $$
  select jsonb_agg(jsonb_build_object('pointer', '/answers' || coalesce('/' || at || place, ''), 'code', code, 'detail', detail)
                   order by at nulls last, number)
  from  (select m.at, m.number, v.code, v.place, v.detail
         from  (select g.item, g.turn, g.at, q.*
                from  (select l.item, l.n - 1 as at, (l.item ->> 'question') collate "C" as question,
                              row_number() over (partition by l.item ->> 'question' order by l.n) as turn
                       from   jsonb_array_elements(given) with ordinality as l (item, n)) as g
                full   join (select * from question k where k.set_name = $1 and k.set_version = $2) as q
                       on q.key = g.question) as m
         cross  join lateral (values
           (1, m.item is null, 'missing_answer', '', 'No answer to ' || m.key || '. One that was not asked is not_asked, with the reason.'),
           (2, m.key is null, 'unknown_question', '/question', 'The set has no such question.'),
           (3, m.turn > 1, 'duplicate_answer', '/question', 'The question is answered more than once.'),
           (4, m.item ->> 'answer' <> all (m.answers), 'not_on_scale', '/answer',
               'Not on the question''s scale: ' || array_to_string(m.answers, ', ') || '.'),
           (5, lacks_reason(m.item ->> 'answer', m.item ->> 'skipReason'), 'reason_required', '/skipReason', 'A skipped question needs the reason why.'))
           as v (precedence, holds, code, place, detail)
         where  v.holds and not (m.item is null and v.precedence > 1) and not (m.key is null and v.precedence > 2)) as f
$$;
comment on function answer_faults(text, int, jsonb) is 'Everything wrong with answers to a set, with pointers; null when nothing is.';

-- For code that runs as the owner: the app reads setting_value(). Were one read by both, each change of role would plan it anew.
create or replace function setting_values(names text[]) returns jsonb language plpgsql stable as $$
begin
  return (select jsonb_object_agg(d.name, d.default_value) from setting_definition d where d.name = any (names))
      || coalesce((select jsonb_object_agg(s.name, case jsonb_typeof(s.value) when 'object' then d.default_value || s.value else s.value end
                                           order by s.effective_from, s.recorded_at)
                   from   setting s join setting_definition d on d.name = s.name
                   where  s.force_id = current_force() and s.name = any (names) and s.effective_from <= domain_now()), '{}');
end $$;
comment on function setting_values(text[]) is
  'What setting_value() says of each, in one look: a member for each name, of the force''s own values the last.';

-- One pass over the answers. Everything wrong with them is refused together; nothing that a person asking questions
-- could truthfully report is.
create or replace function score_assessment(
  of_case uuid, asked_set jsonb, given jsonb, grade_given text,
  out set_name text, out set_version int, out answers jsonb, out tick_count int, out high_risk_count int,
  out unanswered_count int, out yes_topics text[], out suggested_grade text, out follow_on jsonb, out faults jsonb
) language plpgsql stable as $$
declare
  the_set   record;
  asked     int;
  sound     int;
  in_order  boolean;
  yes_keys  text[];
  stars     text[];
  answered  text[];
  errors    jsonb := '[]';
begin
  select s.name, s.version, s.grading, s.follow_on into the_set from question_set s
  where  s.name = asked_set ->> 'name' and s.version = (asked_set ->> 'version')::int;
  if not found then
    perform refuse('SL422', 'unknown_reference', jsonb_build_object('errors', jsonb_build_array(
      jsonb_build_object('pointer', '/set', 'code', 'unknown_reference', 'detail', 'No such version of a question set.'))));
  end if;

  select count(*), count(*) filter (where sound_answer), bool_and(place = number),
         count(*) filter (where answer = 'yes' and counts), count(*) filter (where answer = 'yes' and high_risk),
         count(*) filter (where answer in ('not_asked', 'unsafe_to_ask', 'dont_know')),
         coalesce(array_agg(topic) filter (where answer = 'yes'), '{}'),
         coalesce(array_agg(key) filter (where answer = 'yes'), '{}'),
         array_agg(key) filter (where high_risk and answer in ('not_asked', 'unsafe_to_ask')),
         array_agg(key || ' ' || answer)
  into   asked, sound, in_order, tick_count, high_risk_count, unanswered_count, yes_topics, yes_keys, stars, answered
  from  (select q.key, q.number, q.topic, q.counts, q.high_risk, g.place, g.answer,
                g.answer = any (q.answers) and not lacks_reason(g.answer, g.item ->> 'skipReason') as sound_answer
         from   question q
         left   join (select l.item, l.place, (l.item ->> 'question') collate "C" as question, l.item ->> 'answer' as answer
                      from   jsonb_array_elements(given) with ordinality as l (item, place)) as g on g.question = q.key
         where  q.set_name = the_set.name and q.set_version = the_set.version order by q.number) as paired;
  -- As many sound pairs as questions and as answers: none is missing, unknown, repeated or off its scale.
  if sound <> asked or asked <> jsonb_array_length(given) then
    errors := answer_faults(the_set.name, the_set.version, given);
  end if;
  if the_set.grading is not null and grade_given is null then
    errors := errors || jsonb_build_object('pointer', '/assessorGrade', 'code', 'required',
                                           'detail', 'This set is graded: say the assessor''s grade.');
  end if;
  if errors <> '[]' then
    perform refuse('SL422', 'invalid_request', jsonb_build_object('errors', errors));
  end if;

  answers := given;
  if not in_order then
    select jsonb_agg(l.item order by q.number) into answers
    from   jsonb_array_elements(given) as l (item)
    join   question q on q.set_name = the_set.name and q.set_version = the_set.version and q.key = (l.item ->> 'question') collate "C";
  end if;
  set_name := the_set.name;
  set_version := the_set.version;
  suggested_grade := suggest_grade(the_set.grading, tick_count, high_risk_count, yes_keys);
  follow_on := '[]';
  if the_set.follow_on <> '[]' then
    select coalesce(jsonb_agg(jsonb_build_object('set', f.name, 'because', f.because) order by f.name), '[]') into follow_on
    from  (select item ->> 'set' as name, jsonb_agg(item -> 'when' -> 'question') as because
           from   jsonb_array_elements(the_set.follow_on) as l (item)
           where  (item -> 'when' ->> 'question') || ' ' || (item -> 'when' ->> 'answer') = any (answered) group by 1) as f;
  end if;
  faults := '[]';
  if stars is not null then
    faults := faults || fault('high_risk_not_asked',
      'Factors of high risk not asked: ' || array_to_string(stars, ', ') || '.');
  end if;
end $$;
comment on function score_assessment(uuid, jsonb, jsonb, text) is
  'Answers against their set: SL422 with everything wrong with them, else counts, suggested grade, follow-on sets and broken rules.';

-- The rule of the agreed grade. Counted are the grades given by assessors and specialists within the window (12 months),
-- a lowering only once it is authorised, and nothing that an authorised lowering set aside: that is listed in the
-- lowering itself, so a grade that its author could not have known stands whatever the clocks say. Time alone changes
-- nothing: the rule is applied when a grade is given. Most cases have no review when they are assessed: then one look does.
create or replace function standing_levels(for_force text, for_case uuid, moment timestamptz, window_days int, authorising uuid,
                                           out earlier int, out standing int) language plpgsql stable as $$
declare
  span  interval := make_interval(days => window_days);
  since timestamptz := domain_now() - span;
  from_moment timestamptz := moment - span;
  is_reviewed boolean;
  set_aside   uuid[];
begin
  select max(grade_level(a.assessor_grade)) filter (where a.occurred_at > from_moment and a.occurred_at <= moment),
         max(grade_level(a.assessor_grade)) filter (where a.occurred_at > since),
         exists (select from review r where r.force_id = for_force and r.case_id = for_case)
  into   earlier, standing, is_reviewed
  from   assessment a
  where  a.force_id = for_force and a.case_id = for_case and a.occurred_at > least(since, from_moment);
  if not is_reviewed then
    return;
  end if;

  select array_agg(o.id) into set_aside
  from   review r cross join unnest(r.overturns) as o (id)
  where  r.force_id = for_force and r.case_id = for_case and r.decision = 'lower'
  and    (r.review_id = authorising or exists (select from review_authorisation z
                                               where z.force_id = for_force and z.review_id = r.review_id));
  select max(g.level) filter (where g.at > from_moment and g.at <= moment), max(g.level) filter (where g.at > since)
  into   earlier, standing
  from  (select grade_level(a.assessor_grade) as level, a.occurred_at as at, a.assessment_id as id
         from   assessment a
         where  a.force_id = for_force and a.case_id = for_case and a.occurred_at > least(since, from_moment)
         union all
         select grade_level(r.specialist_grade), r.occurred_at, r.review_id
         from   review r
         where  r.force_id = for_force and r.case_id = for_case
         and    (r.decision <> 'lower' or r.review_id = authorising
                 or exists (select from review_authorisation z where z.force_id = for_force and z.review_id = r.review_id))) as g
  where  g.id <> all (coalesce(set_aside, '{}'));
end $$;
comment on function standing_levels(text, uuid, timestamptz, int, uuid) is
  'The highest grade of the 12 months before a moment, and that of the 12 months before now (the agreed grade), as levels; as if one lowering more were authorised.';

create or replace function lock_grades(for_force text, for_case uuid) returns void language sql volatile as
  $$ select pg_advisory_xact_lock(hashtextextended('grades ' || for_force || ' ' || for_case, 0)) $$;
comment on function lock_grades(text, uuid) is 'One at a time: two grades given at once to one case would each miss the other.';

-- Runs as its owner, past the policies: the rule counts grades whether or not the one who records may see them.
create or replace function judge_assessment() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  levels record;
  level  int := grade_level(new.assessor_grade);
  broken jsonb := coalesce(new.faults, '[]');
  asked  int := jsonb_array_length(new.answers);
  limits jsonb := setting_values('{assessment_incomplete_percent,grade_window_days,clock_tolerance_minutes}');
begin
  if new.unanswered_count * 100 > asked * (limits ->> 'assessment_incomplete_percent')::int then
    broken := broken || fault('assessment_incomplete',
      new.unanswered_count || ' of ' || asked || ' questions were not asked or are not known.');
  end if;
  perform lock_grades(new.force_id, new.case_id);
  levels := standing_levels(new.force_id, new.case_id, new.occurred_at, (limits ->> 'grade_window_days')::int, null);
  if level < levels.earlier and coalesce(btrim(new.answers_rationale), '') = '' then
    broken := broken || fault('downgrade_unprobed',
      'Lower than the ' || grade_of(levels.earlier) || ' given within the last 12 months, whose rationale is not answered.');
  end if;
  if level is not null and coalesce(btrim(new.rationale), '') = '' then
    broken := broken || fault('no_rationale', 'The grade has no rationale.');
  end if;
  if not new.history_checked then
    perform from history_check h where h.force_id = new.force_id and h.contact_id = new.contact_id limit 1;
    if not found then
      broken := broken || fault('no_history_check', 'No check of history is recorded.');
    end if;
  end if;
  if new.occurred_at > domain_now() + make_interval(mins => (limits ->> 'clock_tolerance_minutes')::int) then
    broken := broken || fault('in_the_future', 'The moment given lies ahead of the service''s clock.');
  end if;
  new.faults := broken;
  new.compliant := broken = '[]';
  new.agreed_grade := grade_of(greatest(levels.standing, level));
  return new;
end $$;
comment on function judge_assessment() is 'Broken rules and the agreed grade of a new assessment; whatever the statement said of them is replaced.';
create or replace trigger c_judge before insert on assessment for each row execute function judge_assessment();

-- Nobody else writes latest_grade. Called past the policies, and with the case's grades locked: no row comes in between.
drop function if exists settle_grade(text, uuid, text, timestamptz, assessment, review);
create or replace function settle_grade(for_force text, for_case uuid, agreed text, moment timestamptz,
                                        latest_assessment uuid, suggested text, assessed text,
                                        latest_review uuid, given text) returns void language plpgsql as $$
begin
  update latest_grade l
  set    agreed_grade = agreed,
         graded_at = greatest(l.graded_at, moment),
         suggested_grade = case when latest_assessment is null then l.suggested_grade else suggested end,
         assessor_grade = case when latest_assessment is null then l.assessor_grade else assessed end,
         assessment_id = coalesce(latest_assessment, l.assessment_id),
         specialist_grade = case when latest_review is null then l.specialist_grade else given end,
         review_id = coalesce(latest_review, l.review_id),
         version = l.version + 1, changed_by = current_actor(), changed_at = domain_now()
  where  l.force_id = for_force and l.case_id = for_case;
  if not found then
    insert into latest_grade (force_id, case_id, suggested_grade, assessor_grade, specialist_grade, agreed_grade,
                              assessment_id, review_id, graded_at)
    values (for_force, for_case, suggested, assessed, given, agreed, latest_assessment, latest_review, moment);
  end if;
end $$;
comment on function settle_grade(text, uuid, text, timestamptz, uuid, text, text, uuid, text) is
  'Brings latest_grade up to a new assessment, a new review (the other null) or an authorisation (both null).';

create or replace function settle_assessment() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  -- A set without a grade changes no grade; one entered late is not the latest.
  if new.assessor_grade is null then
    return null;
  end if;
  perform from assessment a where a.force_id = new.force_id and a.case_id = new.case_id
          and a.occurred_at > new.occurred_at and a.assessor_grade is not null limit 1;
  if found then
    perform settle_grade(new.force_id, new.case_id, new.agreed_grade, new.occurred_at, null, null, null, null, null);
  else
    perform settle_grade(new.force_id, new.case_id, new.agreed_grade, new.occurred_at,
                         new.assessment_id, new.suggested_grade, new.assessor_grade, null, null);
  end if;
  return null;
end $$;
comment on function settle_assessment() is 'After the assessment''s own line: what the case''s grades come to now.';
create or replace trigger zzz_settle after insert on assessment for each row execute function settle_assessment();

insert into setting_definition values
('grade_window_days', '365', 'Days for which a grade that was given counts towards the agreed grade.'),
('assessment_incomplete_percent', '20', 'An assessment is incomplete when more than so many per cent of its questions were not asked or are not known.')
on conflict (name) do update set default_value = excluded.default_value, description = excluded.description
where (setting_definition.default_value, setting_definition.description) is distinct from (excluded.default_value, excluded.description);

grant execute on function grade_level(text), grade_of(int), seen_assessment(uuid), known_assessment(uuid, uuid, text),
  lacks_reason(text, text), answer_faults(text, int, jsonb), suggest_grade(jsonb, int, int, text[]), score_assessment(uuid, jsonb, jsonb, text) to secondlook_app;
