-- response_overdue: nobody has come by the target; or it is only scheduled while the suspect is near or has threatened to kill.
-- Source: the project's own reading of a case: "we'll come tomorrow" was the answer to the last call of the case behind Raneem's Law. Asked as long
-- as nobody has come, no response by video has ended, and the log is open.
-- Settings: grades_near, grades_threat (response grades that are too low then), topics (that count as a threat), days (that they may lie back).
create or replace function detect_response_overdue(subject contact_facts, at timestamptz, limits jsonb) returns finding[]
language plpgsql stable strict as $$
declare
  received contact := subject.received;
  grade    text := subject.response_grade;
  again    timestamptz := case when at < subject.target_at then subject.target_at end;
  since    timestamptz := received.occurred_at - make_interval(days => (limits ->> 'days')::int);
  said     text;
  shown    jsonb;
begin
  if subject.attended_at is not null or subject.closed_at is not null or seen_by_video_at(subject, at) is not null then
    return null;
  end if;
  said := concat_ws(' ',
    case when at >= subject.target_at then 'Nobody has come by the target.' end,
    case when 'yes' in (received.suspect_present, received.suspect_nearby) and limits -> 'grades_near' ? grade
         then 'The suspect is there or near, and no officer is to come at once.' end);
  if said = '' and again is null and not limits -> 'grades_threat' ? grade then
    return null;
  end if;
  shown := record_shown('contact', subject.contact_id, received.occurred_at,
                        jsonb_strip_nulls(jsonb_build_object('responseGrade', grade, 'targetAt', instant(subject.target_at))));
  if not limits -> 'grades_threat' ? grade then
    return findings_of_contact(subject, nullif(said, ''), case when said <> '' then evidence_of('[]' || shown) end, again);
  end if;
  return array(
  select (f.case_id, f.contact_id,
          nullif(concat_ws(' ', nullif(said, ''), case when t.records is not null then 'The suspect has threatened to kill, and no officer is to come at once.' end), ''),
          case when said <> '' or t.records is not null then evidence_of(coalesce(t.records, '[]') || shown) end, again)::finding
  from   unnest(findings_of_contact(subject, null, null)) f
  cross  join lateral (select jsonb_agg(record_shown('assessment', a.assessment_id, a.occurred_at) order by a.occurred_at) as records
                       from   standing_assessments(array[f.case_id], since, at, 10) a where limits -> 'topics' ?| a.yes_topics) t);
end $$;
comment on function detect_response_overdue(contact_facts, timestamptz, jsonb) is 'Looks at a contact.';
select define_detector('response_overdue', 1, 'critical', 'control_room', 'contact', 2,
  '{"grades_near": ["scheduled", "no_deployment"], "grades_threat": ["scheduled"], "topics": ["threats_to_kill"], "days": 365}',
  'Nobody has come by the target; or it is scheduled while the suspect is near or has threatened to kill.',
  'Send somebody now, or speak to the victim again and grade the response afresh.');
