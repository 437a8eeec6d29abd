-- suicide_risk: the victim is very low or suicidal, by an answer or by what was said in a contact, and has no referral to health or an advocate.
-- Source: Vulnerability Knowledge and Practice Programme, Domestic Homicides and Suspected Victim Suicides 2021-2022: nearly a quarter of the deaths.
-- Settings: topics (answers), disclosed (words in a contact's notes, small letters), services (kinds that count as a referral), hours, days.
create or replace function detect_suicide_risk(subject uuid, at timestamptz, limits jsonb) returns setof finding
language plpgsql stable as $$
declare
  since   timestamptz := at - make_interval(days => (limits ->> 'days')::int);
  topics  text[] := words_of(limits -> 'topics');
  words   text[] := words_of(limits -> 'disclosed');
  covered timestamptz;
  due     timestamptz;
  latest  uuid;
  records jsonb;
begin
  select max(r.ended_at) into covered
  from   referrals_made(array(select o.case_id from case_file c join case_file o on o.force_id = current_force() and o.victim_id = c.victim_id
                              where c.force_id = current_force() and c.case_id = subject), words_of(limits -> 'services'), at) r;
  since := greatest(since, covered);
  if since > at then
    return;
  end if;
  select min(n.moment) + make_interval(hours => (limits ->> 'hours')::int),
         (array_agg(n.contact_id order by n.moment desc) filter (where n.contact_id is not null))[1],
         jsonb_agg(n.shown order by n.moment)
  into   due, latest, records
  from  (select a.occurred_at as moment, null::uuid as contact_id, record_shown('assessment', a.assessment_id, a.occurred_at) as shown
         from   standing_assessments(cases_of_pair(subject), since, at, 10) a
         where  a.yes_topics && topics
         union all
         select c.occurred_at, c.contact_id, record_shown('contact', c.contact_id, c.occurred_at)
         from  (select l.contact_id from contact_case l
                where  l.force_id = current_force() and l.case_id = subject and l.active and l.occurred_at > since and l.recorded_at <= at
                order  by l.occurred_at desc, l.contact_id desc limit 10) r
         join   contact c on c.force_id = current_force() and c.contact_id = r.contact_id
         where  exists (select from unnest(words) w (word) where position(w.word in lower(concat_ws(' ', c.fresh_risk, c.narrative))) > 0)) n;
  if due > at then
    return next (subject, latest, null, null, due)::finding;
  elsif due is not null then
    return next (subject, latest, 'The victim is very low or suicidal, and there is no referral to health or an advocate.',
                 evidence_of(records), null)::finding;
  end if;
end $$;
comment on function detect_suicide_risk(uuid, timestamptz, jsonb) is 'Looks at a case.';
select define_detector('suicide_risk', 1, 'critical', 'specialist', 'case', 2,
  '{"topics": ["low_or_suicidal"], "hours": 0, "days": 365, "services": ["health", "idva", "advocacy"],
    "disclosed": ["suicid", "self-harm", "self harm", "kill myself", "kill herself", "end my life", "end her life", "overdose"]}',
  'The victim is very low, or suicidal, and needs a referral to health or an advocate.',
  'Speak to her when it is safe, and refer her to health or an advocate today.');
