-- response_overdue: nobody has come by the target; or it is only scheduled while the suspect is near or has threatened to kill.
-- Source: the project's own reading of a case: "we'll come tomorrow" was the answer to the last call of the case behind Raneem's Law. Asked as long
-- as nobody has come, no response by video has ended, and the log is open.
-- Settings: grades_near, grades_threat (response grades that are too low then), topics (that count as a threat), days (that they may lie back).
create or replace function detect_response_overdue(subject uuid, at timestamptz, limits jsonb) returns setof finding
language plpgsql stable as $$
declare
  received contact;
  standing record;
  since    timestamptz;
  topics   text[];
  said     text;
begin
  select * into received from contact c where c.force_id = current_force() and c.contact_id = subject and c.recorded_at <= at;
  if not found or attended_at(subject, at) is not null or closed_at(subject, at) is not null or seen_by_video_at(subject, at) is not null then
    return;
  end if;
  standing := grade_known(received, at);
  said := concat_ws(' ',
    case when at >= standing.target_at then 'Nobody has come by the target.' end,
    case when 'yes' in (received.suspect_present, received.suspect_nearby) and limits -> 'grades_near' ? standing.grade
         then 'The suspect is there or near, and no officer is to come at once.' end);
  if limits -> 'grades_threat' ? standing.grade then
    topics := words_of(limits -> 'topics');
    since := received.occurred_at - make_interval(days => (limits ->> 'days')::int);
  end if;
  return query
  select f.case_id, subject,
         nullif(concat_ws(' ', nullif(said, ''), case when t.records is not null then 'The suspect has threatened to kill, and no officer is to come at once.' end), ''),
         case when said <> '' or t.records is not null then
           evidence_of(coalesce(t.records, '[]') || record_shown('contact', subject, received.occurred_at,
                         jsonb_strip_nulls(jsonb_build_object('responseGrade', standing.grade, 'targetAt', instant(standing.target_at))))) end,
         case when at < standing.target_at then standing.target_at end
  from   findings_of_contact(subject, null, null) f
  left   join lateral (select jsonb_agg(record_shown('assessment', a.assessment_id, a.occurred_at) order by a.occurred_at) as records
                       from   standing_assessments(array[f.case_id], since, at, 10) a where a.yes_topics && topics) t on true;
end $$;
comment on function detect_response_overdue(uuid, timestamptz, jsonb) is 'Looks at a contact.';
select define_detector('response_overdue', 1, 'critical', 'control_room', 'contact', 2,
  '{"grades_near": ["scheduled", "no_deployment"], "grades_threat": ["scheduled"], "topics": ["threats_to_kill"], "days": 365}',
  'Nobody has come by the target; or it is scheduled while the suspect is near or has threatened to kill.',
  'Send somebody now, or speak to the victim again and grade the response afresh.');
