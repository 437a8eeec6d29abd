-- lethality_cluster: strangulation, threats to kill or weapons; or separation, control and violence together; and the agreed grade is
-- below high, or there is none.
-- Source: DASH (2009), what it marks as high risk; which signs count together is the project's own reading. Answers of a year are read together, and
-- with them what callers reported: signs that are spread over incidents are the ones that were missed.
-- Settings: any (topics of which one is enough), all (topics that count together with one of violence), violence, days.
create or replace function detect_lethality_cluster(subject uuid, at timestamptz, limits jsonb) returns setof finding
language plpgsql stable as $$
declare
  one      text[] := words_of(limits -> 'any');
  together text[] := words_of(limits -> 'all');
  violence text[] := words_of(limits -> 'violence');
  wanted   text[] := one || together || violence;
  since    timestamptz := at - make_interval(days => (limits ->> 'days')::int);
  cases    uuid[];
  grade    text := agreed_grade_at(subject, at);
  found_topics text[];
  records  jsonb;
begin
  if grade = 'high' then
    return;
  end if;
  cases := cases_of_pair(subject);
  with signs as (
    select 'assessment' as kind, a.assessment_id as id, a.occurred_at as moment, a.yes_topics as topics
    from   standing_assessments(cases, since, at, 10) a
    where  a.yes_topics && wanted
    union all
    -- Before anybody graded it, a caller's weapons are the response's matter.
    select 'contact', c.contact_id, c.occurred_at, array_remove(array[case when c.weapons = 'yes' then 'weapons' end,
                                                                      case when c.injuries = 'yes' then 'injury_now' end], null)
    from  (select distinct l.contact_id, l.occurred_at from contact_case l
           where  grade is not null and l.force_id = current_force() and l.case_id = any (cases) and l.active and l.occurred_at > since
           and    l.recorded_at <= at
           order  by l.occurred_at desc, l.contact_id desc limit 10) n
    join   contact c on c.force_id = current_force() and c.contact_id = n.contact_id and (c.weapons = 'yes' or c.injuries = 'yes'))
  select array(select distinct t.topic from signs s, unnest(s.topics) as t (topic) where t.topic = any (wanted) order by 1),
         (select jsonb_agg(record_shown(s.kind, s.id, s.moment) order by s.moment) from signs s)
  into   found_topics, records;
  if found_topics && one or found_topics @> together and found_topics && violence then
    return next (subject, null,
                 format('Signs that go before killings are known, and the agreed grade is %s.', coalesce(grade, 'none')),
                 evidence_of(records, jsonb_build_object('topics', found_topics)), null)::finding;
  end if;
end $$;
comment on function detect_lethality_cluster(uuid, timestamptz, jsonb) is 'Looks at a case.';
select define_detector('lethality_cluster', 1, 'critical', 'specialist', 'case', 1,
  '{"any": ["strangulation", "threats_to_kill", "weapons"], "all": ["separation", "control"],
    "violence": ["injury_now", "sexual_harm", "violence_during", "children_hurt"], "days": 365}',
  'Strangulation, threats to kill or weapons, or separation with control and violence, and the agreed grade below high.',
  'Review the assessment now: raise the grade, or write why these signs do not make it high.');
