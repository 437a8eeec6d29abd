-- cut_off_not_regraded: the call was cut off, and within five minutes its risk was not judged again.
-- Source: College of Policing, APP Domestic abuse, call handlers (a call that is cut off is urgently reassessed); the minutes are the project's own.
-- Judged again is a grade that was raised, or changed after a fresh assessment; an assessment of the contact; or somebody has come. A call that was
-- graded an emergency as it came in needs no more.
-- Settings: minutes, unless_graded (response grades that need no second look).
create or replace function detect_cut_off_not_regraded(subject contact_facts, at timestamptz, limits jsonb) returns finding[]
language plpgsql stable strict as $$
declare
  received contact := subject.received;
  deadline timestamptz := received.occurred_at + make_interval(mins => (limits ->> 'minutes')::int);
begin
  if subject.attended_at <= deadline or limits -> 'unless_graded' ? (grade_known(received, received.occurred_at)).grade then
    return null;
  elsif exists (select from response_grade_change g
                where  g.force_id = current_force() and g.contact_id = subject.contact_id and g.recorded_at <= at and g.occurred_at <= deadline
                and   (g.fresh_assessment or grade_height(g.to_grade) > grade_height(g.from_grade)))
        or exists (select from assessment a
                   where  a.force_id = current_force() and a.contact_id = subject.contact_id and a.recorded_at <= at and a.occurred_at <= deadline) then
    return null;
  elsif at < deadline then
    return array[(null, subject.contact_id, null, null, deadline)::finding];
  end if;
  return findings_of_contact(subject,
    format('The call was cut off, and its risk was not judged again within %s minutes.', limits ->> 'minutes'),
    evidence_of(jsonb_build_array(record_shown('contact', subject.contact_id, received.occurred_at)), jsonb_build_object('deadline', instant(deadline))));
end $$;
comment on function detect_cut_off_not_regraded(contact_facts, timestamptz, jsonb) is 'Looks at a contact.';
select define_detector('cut_off_not_regraded', 1, 'critical', 'control_room', 'contact', 1, '{"minutes": 5, "unless_graded": ["emergency"]}',
  'The call was cut off and not judged again within 5 minutes.',
  'Take it that the caller could not go on: call back only as is safe, and grade the response afresh.',
  '(subject.received).cut_off');
