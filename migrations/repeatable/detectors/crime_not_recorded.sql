-- crime_not_recorded: answers disclose an offence, and within 24 hours no crime reference is on any contact of the case.
-- Source: Home Office, Crime Recording Rules (24 hours); in the case behind Raneem's Law crimes were not recorded. Which question discloses which
-- offence says its set.
-- Settings: hours, days (that the assessment may lie back), days_before (a crime may have been recorded from a contact so long before it),
-- exempt (offences that count for nothing here).
create or replace function detect_crime_not_recorded(subject case_facts, at timestamptz, limits jsonb) returns finding[]
language plpgsql stable as $$
declare
  since    timestamptz := at - make_interval(days => (limits ->> 'days')::int);
  earlier  interval := make_interval(days => (limits ->> 'days_before')::int);
  due      timestamptz := at - make_interval(hours => (limits ->> 'hours')::int);
  assessed assessment_facts[] := assessments_in(subject.assessments, subject.case_id, since, 100);
  disclosed record;
begin
  if assessed = '{}' then
    return null;
  end if;
  select jsonb_agg(record_shown('assessment', n.assessment_id, n.occurred_at, jsonb_build_object('offences', n.offences)) order by n.occurred_at)
           filter (where n.occurred_at <= due) as records,
         (array_agg(n.contact_id order by n.occurred_at desc) filter (where n.occurred_at <= due))[1] as contact_id,
         min(n.occurred_at) filter (where n.occurred_at > due) as next
  into   disclosed
  from  (select a.assessment_id, a.contact_id, a.occurred_at, o.offences
         from   unnest(assessed) a
         cross  join lateral (select jsonb_agg(distinct q.offence) as offences from question q
                              where  q.set_name = a.set_name and q.set_version = a.set_version and q.topic = any (a.yes_topics)
                              and    not limits -> 'exempt' ? q.offence) o
         where  o.offences is not null and not crime_known(subject, a.contact_id, a.occurred_at - earlier, at)
         order  by a.occurred_at desc limit 20) n;
  if disclosed.records is null and disclosed.next is null then
    return null;
  end if;
  return array[(subject.case_id, disclosed.contact_id,
                case when disclosed.records is not null
                     then format('The answers disclose an offence, and no crime was recorded within %s hours.', limits ->> 'hours') end,
                case when disclosed.records is not null then evidence_of(disclosed.records) end,
                disclosed.next + (at - due))::finding];
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
