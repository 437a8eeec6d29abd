-- lethality_cluster: strangulation, threats to kill or weapons; or separation, control and violence together; and the agreed grade is
-- below high, or there is none.
-- Source: DASH (2009), what it marks as high risk; which signs count together is the project's own reading. Answers of a year are read together, and
-- with them what callers reported: signs that are spread over incidents are the ones that were missed.
-- Settings: any (topics of which one is enough), all (topics that count together with one of violence), violence, days.
create or replace function detect_lethality_cluster(subject case_facts, at timestamptz, limits jsonb) returns finding[]
language plpgsql stable strict as $$
declare
  wanted   jsonb := (limits -> 'any') || (limits -> 'all') || (limits -> 'violence');
  since    timestamptz := at - make_interval(days => (limits ->> 'days')::int);
  assessed assessment_facts;
  received linked_contact;
  topics   text[] := '{}';
  records  jsonb[] := '{}';
begin
  if subject.agreed_grade = 'high' then
    return null;
  end if;
  foreach assessed in array assessments_in(subject.assessments, null, since, 10) loop
    if wanted ?| assessed.yes_topics then
      topics := topics || assessed.yes_topics;
      records := records || record_shown('assessment', assessed.assessment_id, assessed.occurred_at);
    end if;
  end loop;
  -- Before anybody graded it, a caller's weapons are the response's matter.
  foreach received in array case when subject.agreed_grade is null then '{}' else contacts_in(subject.contacts, null, since, 10) end loop
    if 'yes' in (received.weapons, received.injuries) then
      topics := topics || array_remove(array[case when received.weapons = 'yes' then 'weapons' end,
                                             case when received.injuries = 'yes' then 'injury_now' end], null);
      records := records || record_shown('contact', received.contact_id, received.occurred_at);
    end if;
  end loop;
  if not (limits -> 'any' ?| topics or to_jsonb(topics) @> (limits -> 'all') and limits -> 'violence' ?| topics) then
    return null;
  end if;
  return array[(subject.case_id, null,
                format('Signs that go before killings are known, and the agreed grade is %s.', coalesce(subject.agreed_grade, 'none')),
                evidence_of(in_order(records), jsonb_build_object('topics', array(
                  select distinct t.topic from unnest(topics) t (topic) where wanted ? t.topic order by 1))), null)::finding];
end $$;
comment on function detect_lethality_cluster(case_facts, timestamptz, jsonb) is 'Looks at a case.';
select define_detector('lethality_cluster', 1, 'critical', 'specialist', 'case', 1,
  '{"any": ["strangulation", "threats_to_kill", "weapons"], "all": ["separation", "control"],
    "violence": ["injury_now", "sexual_harm", "violence_during", "children_hurt"], "days": 365}',
  'Strangulation, threats to kill or weapons, or separation with control and violence, and the agreed grade below high.',
  'Review the assessment now: raise the grade, or write why these signs do not make it high.');
