-- crime_not_recorded: answers disclose an offence, and within 24 hours no crime reference is on any contact of the case.
-- Source: National Crime Recording Standard (within 24 hours of the report); in the case behind Raneem's Law crimes were not recorded. Which question discloses which
-- offence says its set.
-- Settings: hours, days (that the assessment may lie back), days_before (a crime may have been recorded from a contact so long before it),
-- exempt (offences that count for nothing here).
create or replace function detect_crime_not_recorded(subject case_facts, at timestamptz, limits jsonb) returns finding[]
language plpgsql stable strict as $$
declare
  since    timestamptz := at - make_interval(days => (limits ->> 'days')::int);
  earlier  interval := make_interval(days => (limits ->> 'days_before')::int);
  due      timestamptz := at - make_interval(hours => (limits ->> 'hours')::int);
  assessed assessment_facts;
  offences jsonb;
  latest   uuid;
  next     timestamptz;
  shown    jsonb := '[]';
begin
  foreach assessed in array assessments_in(subject.assessments, subject.case_id, since, 100) loop
    continue when crime_known(subject, assessed.contact_id, assessed.occurred_at - earlier, at);
    select jsonb_agg(distinct q.offence) filter (where not limits -> 'exempt' ? q.offence) into offences from question q
    where  q.set_name = assessed.set_name and q.set_version = assessed.set_version and q.topic = any (assessed.yes_topics);
    continue when offences is null;
    if assessed.occurred_at > due then
      next := assessed.occurred_at;
    elsif jsonb_array_length(shown) < 20 then
      latest := case shown when '[]' then assessed.contact_id else latest end;
      shown := jsonb_build_array(record_shown('assessment', assessed.assessment_id, assessed.occurred_at, jsonb_build_object('offences', offences))) || shown;
    end if;
  end loop;
  if shown = '[]' and next is null then
    return null;
  end if;
  return array[(subject.case_id, latest,
                case when shown <> '[]'
                     then format('The answers disclose an offence, and no crime was recorded within %s hours.', limits ->> 'hours') end,
                evidence_of(shown), next + (at - due))::finding];
end $$;
comment on function detect_crime_not_recorded(case_facts, timestamptz, jsonb) is 'Looks at a case.';

-- A contact that came with its crime is known from the first; one that a closing named, since the closing was recorded.
create or replace function crime_known(subject case_facts, of_contact uuid, since timestamptz, at timestamptz) returns boolean language plpgsql stable as $$
declare
  received   linked_contact;
  candidates uuid[] := '{}';
begin
  foreach received in array subject.contacts loop
    exit when received.occurred_at < since;
    if received.case_id = subject.case_id and received.has_crime then
      candidates := candidates || received.contact_id;
    end if;
  end loop;
  if of_contact is null and candidates = '{}' then
    return false;
  end if;
  return exists (
    select from contact c
    where  c.force_id = current_force() and c.contact_id = any (candidates || of_contact) and c.crime_reference is not null
    and   (exists (select from closure k where k.force_id = current_force() and k.contact_id = c.contact_id and k.recorded_at <= at
                   and k.crime_reference is not null)
           or not exists (select from closure k where k.force_id = current_force() and k.contact_id = c.contact_id
                          and k.crime_reference = c.crime_reference)));
end $$;
comment on function crime_known(case_facts, uuid, timestamptz, timestamptz) is
  'Whether a crime was recorded from that contact, or from one of the case since a moment, as known at another.';
grant execute on function crime_known(case_facts, uuid, timestamptz, timestamptz) to secondlook_detector;
select define_detector('crime_not_recorded', 1, 'warning', 'supervisor', 'case', 3, '{"hours": 24, "days": 30, "days_before": 7, "exempt": []}',
  'The answers disclose an offence, and no crime was recorded within 24 hours.',
  'Record the crime, or write down why what was disclosed is none.');
