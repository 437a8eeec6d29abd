-- escalation_12m: three contacts or more about the pair, or about the same victim, in 365 days, and no conference referral in them.
-- Source: SafeLives, referral to a MARAC, the escalation criterion (areas differ); in the case behind Raneem's Law each of ten incidents was taken
-- alone.
-- Settings: contacts, days.
create or replace function detect_escalation_12m(subject case_facts, at timestamptz, limits jsonb) returns finding[]
language plpgsql stable strict as $$
declare
  enough   int := greatest(1, (limits ->> 'contacts')::int);
  span     interval := make_interval(days => (limits ->> 'days')::int);
  since    timestamptz := at - span;
  ids      uuid[];
  moments  timestamptz[];
  total    int;
  records  jsonb := '[]';
  referred timestamptz;
begin
  select array_agg(n.contact_id), array_agg(n.occurred_at)
  into   ids, moments
  from  (select l.contact_id, l.occurred_at from contact_case l
         where  l.force_id = current_force() and l.case_id = any (subject.cases) and l.active and l.occurred_at >= since and l.recorded_at <= at
         union
         select p.contact_id, p.occurred_at from contact_person p
         where  p.force_id = current_force() and p.person_id = subject.victim_id and p.role = 'victim' and p.occurred_at >= since and p.recorded_at <= at
         order  by occurred_at desc, contact_id desc limit greatest(100, enough)) n;
  total := cardinality(ids);
  if total < enough or total is null then
    return null;
  end if;
  if subject.has_referrals then
    select max(r.sent_at) into referred from referrals_made(subject.cases, '["marac"]', at) r;
  end if;
  if referred > since then
    return array[(subject.case_id, ids[1], null, null, referred + span)::finding];
  end if;
  for place in reverse least(total, 20) .. 1 loop
    records := records || record_shown('contact', ids[place], moments[place]);
  end loop;
  return array[(subject.case_id, ids[1],
                format('%s contacts in %s days, and no referral to a conference.', total, limits ->> 'days'),
                evidence_of(records, jsonb_build_object('contacts', total)), null)::finding];
end $$;
comment on function detect_escalation_12m(case_facts, timestamptz, jsonb) is 'Looks at a case.';
select define_detector('escalation_12m', 1, 'warning', 'specialist', 'case', 2, '{"contacts": 3, "days": 365}',
  'Three contacts or more about the pair or the victim within 365 days, and no referral to a conference in that time.',
  'Read the contacts together, assess the pattern, and refer the case to the conference or say why not.');
