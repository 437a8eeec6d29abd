-- suicide_risk: the victim is very low or suicidal, by an answer or by what was said in a contact, and has no referral to health or an advocate.
-- Source: Vulnerability Knowledge and Practice Programme, Domestic Homicides and Suspected Victim Suicides 2021-2022: nearly a quarter of the deaths.
-- Settings: topics (answers), disclosed (words in a contact's notes, small letters), services (kinds that count as a referral), hours, days.
create or replace function detect_suicide_risk(subject case_facts, at timestamptz, limits jsonb) returns finding[]
language plpgsql stable as $$
declare
  since    timestamptz := at - make_interval(days => (limits ->> 'days')::int);
  covered  timestamptz;
  assessed assessment_facts;
  low      assessment_facts[] := '{}';
  contacts linked_contact[];
  due      timestamptz;
  latest   uuid;
  records  jsonb;
begin
  if subject.has_referrals then
    select max(r.ended_at) into covered from referrals_made(subject.victim_cases, limits -> 'services', at) r;
    since := greatest(since, covered);
  end if;
  foreach assessed in array assessments_in(subject.assessments, null, since, 10) loop
    if limits -> 'topics' ?| assessed.yes_topics then
      low := low || assessed;
    end if;
  end loop;
  contacts := contacts_in(subject.contacts, subject.case_id, since, 10);
  if low = '{}' and contacts = '{}' then
    return null;
  end if;
  select min(n.moment) + make_interval(hours => (limits ->> 'hours')::int),
         (array_agg(n.contact_id order by n.moment desc) filter (where n.contact_id is not null))[1],
         jsonb_agg(n.shown order by n.moment)
  into   due, latest, records
  from  (select a.occurred_at as moment, null::uuid as contact_id, record_shown('assessment', a.assessment_id, a.occurred_at) as shown
         from   unnest(low) a
         union all
         select r.occurred_at, r.contact_id, record_shown('contact', r.contact_id, r.occurred_at)
         from   unnest(contacts) r
         join   contact c on c.force_id = current_force() and c.contact_id = r.contact_id
         where  exists (select from jsonb_array_elements_text(limits -> 'disclosed') w (word)
                        where  position(w.word in lower(concat_ws(' ', c.fresh_risk, c.narrative))) > 0)) n;
  if due > at then
    return array[(subject.case_id, latest, null, null, due)::finding];
  elsif due is not null then
    return array[(subject.case_id, latest, 'The victim is very low or suicidal, and there is no referral to health or an advocate.',
                  evidence_of(records), null)::finding];
  end if;
  return null;
end $$;
comment on function detect_suicide_risk(case_facts, timestamptz, jsonb) is 'Looks at a case.';
select define_detector('suicide_risk', 1, 'critical', 'specialist', 'case', 2,
  '{"topics": ["low_or_suicidal"], "hours": 0, "days": 365, "services": ["health", "idva", "advocacy"],
    "disclosed": ["suicid", "self-harm", "self harm", "kill myself", "kill herself", "end my life", "end her life", "overdose"]}',
  'The victim is very low, or suicidal, and needs a referral to health or an advocate.',
  'Speak to her when it is safe, and refer her to health or an advocate today.');
