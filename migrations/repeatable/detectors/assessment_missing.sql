-- assessment_missing: somebody came, or the log was closed, and within 24 hours nobody assessed the risk.
-- Source: College of Policing, APP Domestic abuse (risk is assessed at every incident); the hours are the project's own. An assessment is one with a
-- grade; one of each case that the contact concerns.
-- Settings: hours, exempt_outcomes (of closing, which alone call for no assessment).
create or replace function detect_assessment_missing(subject contact_facts, at timestamptz, limits jsonb) returns finding[]
language plpgsql stable strict as $$
declare
  allowed  interval := make_interval(hours => (limits ->> 'hours')::int);
  came     attendance;
  closed   closure;
  deadline timestamptz;
  again    timestamptz;
  sentence text;
  shown    jsonb;
begin
  select * into came from attendance t
  where  t.force_id = current_force() and t.contact_id = subject.contact_id and t.recorded_at <= at order by t.occurred_at limit 1;
  select * into closed from closure k
  where  k.force_id = current_force() and k.contact_id = subject.contact_id and k.recorded_at <= at
  and    not limits -> 'exempt_outcomes' ? k.outcome order by k.occurred_at limit 1;
  deadline := least(came.occurred_at, closed.occurred_at) + allowed;
  if deadline is null then
    return null;
  elsif at < deadline then
    again := deadline;
  else
    sentence := format('Nobody assessed the risk within %s hours after the contact was attended or closed.', limits ->> 'hours');
    shown := evidence_of(jsonb_build_array(record_shown('contact', subject.contact_id, (subject.received).occurred_at))
      || case when came.attendance_id is null then '[]' else jsonb_build_array(record_shown('attendance', came.attendance_id, came.occurred_at)) end
      || case when closed.closure_id is null then '[]' else jsonb_build_array(record_shown('closure', closed.closure_id, closed.occurred_at)) end,
      jsonb_build_object('deadline', instant(deadline)));
  end if;
  return array(select f from unnest(findings_of_contact(subject, sentence, shown, again)) f
               where not was_assessed(f.case_id, subject.received, deadline, at));
end $$;
comment on function detect_assessment_missing(contact_facts, timestamptz, jsonb) is 'Looks at a contact.';

create or replace function was_assessed(of_case uuid, received contact, till timestamptz, at timestamptz) returns boolean language plpgsql stable as $$
declare
  -- One about this contact may have been begun before it was received: the clocks of two systems.
  before timestamptz := received.occurred_at - interval '1 day';
begin
  return exists (
    select from assessment a
    where  a.force_id = current_force() and a.case_id = of_case and a.occurred_at >= before and a.occurred_at <= till and a.recorded_at <= at
    and    a.assessor_grade is not null and (a.occurred_at >= received.occurred_at or a.contact_id = received.contact_id));
end $$;
comment on function was_assessed(uuid, contact, timestamptz, timestamptz) is 'Whether a case was assessed between a contact and a moment, as known at another.';
grant execute on function was_assessed(uuid, contact, timestamptz, timestamptz) to secondlook_detector;
select define_detector('assessment_missing', 1, 'warning', 'specialist', 'contact', 3, '{"hours": 24, "exempt_outcomes": ["duplicate"]}',
  'Attended or closed, and the risk was not assessed within 24 hours.',
  'Have the risk assessed now, with the victim where it is safe to, and find out why it was not.',
  'subject.attended_at is not null or subject.closed_at is not null');
