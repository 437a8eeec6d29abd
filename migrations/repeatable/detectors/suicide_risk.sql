-- suicide_risk: the victim is very low or suicidal, by an answer or by what was said in a contact, and has no referral to health or an advocate.
-- Source: Vulnerability Knowledge and Practice Programme, Domestic Homicides and Suspected Victim Suicides 2021-2022: nearly a quarter of the deaths.
-- Settings: topics (answers), disclosed (words in a contact's notes, small letters), services (kinds that count as a referral), hours, days.
create or replace function detect_suicide_risk(subject case_facts, at timestamptz, limits jsonb) returns finding[]
language plpgsql stable strict as $$
declare
  since    timestamptz := at - make_interval(days => (limits ->> 'days')::int);
  covered  timestamptz;
  assessed assessment_facts;
  received linked_contact;
  ids      uuid[] := '{}';
  latest   uuid;
  first    timestamptz;
  due      timestamptz;
  records  jsonb[] := '{}';
begin
  if subject.has_referrals then
    select max(r.ended_at) into covered from referrals_made(subject.victim_cases, limits -> 'services', at) r;
    since := greatest(since, covered);
  end if;
  foreach assessed in array assessments_in(subject.assessments, null, since, 10) loop
    if limits -> 'topics' ?| assessed.yes_topics then
      records := records || record_shown('assessment', assessed.assessment_id, assessed.occurred_at);
      first := assessed.occurred_at;
    end if;
  end loop;
  foreach received in array contacts_in(subject.contacts, subject.case_id, since, 10) loop
    ids := ids || received.contact_id;
  end loop;
  for received in
    select c.contact_id, subject.case_id, c.occurred_at
    from  (select c.contact_id, c.occurred_at, lower(concat_ws(' ', c.fresh_risk, c.narrative)) as said
           from   contact c where c.force_id = current_force() and c.contact_id = any (ids) offset 0) c
    where  exists (select from jsonb_array_elements_text(limits -> 'disclosed') w (word) where position(w.word in c.said) > 0)
    order  by c.occurred_at desc
  loop
    latest := coalesce(latest, received.contact_id);
    records := records || record_shown('contact', received.contact_id, received.occurred_at);
    first := least(first, received.occurred_at);
  end loop;
  due := first + make_interval(hours => (limits ->> 'hours')::int);
  if due > at then
    return array[(subject.case_id, latest, null, null, due)::finding];
  elsif due is not null then
    return array[(subject.case_id, latest, 'The victim is very low or suicidal, and there is no referral to health or an advocate.',
                  evidence_of(in_order(records)), null)::finding];
  end if;
  return null;
end $$;
comment on function detect_suicide_risk(case_facts, timestamptz, jsonb) is 'Looks at a case.';
select define_detector('suicide_risk', 1, 'critical', 'specialist', 'case', 2,
  '{"topics": ["low_or_suicidal"], "hours": 0, "days": 365, "services": ["health", "idva", "advocacy"],
    "disclosed": ["suicid", "self-harm", "self harm", "kill myself", "kill herself", "end my life", "end her life", "overdose"]}',
  'The victim is very low, or suicidal, and needs a referral to health or an advocate.',
  'Speak to her when it is safe, and refer her to health or an advocate today.');
