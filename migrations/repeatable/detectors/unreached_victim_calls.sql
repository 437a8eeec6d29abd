-- unreached_victim_calls: a victim whom a specialist or a service could not reach is in contact now.
-- Source: the project's own reading. Not reached is the outcome of a referral, as long as no later one of the case came to anything.
-- Settings: days (that the outcome may lie back), outcomes, callers (who may be the victim).
create or replace function detect_unreached_victim_calls(subject contact_facts, at timestamptz, limits jsonb) returns finding[]
language plpgsql stable strict as $$
declare
  received contact := subject.received;
  since    timestamptz := received.occurred_at - make_interval(days => (limits ->> 'days')::int);
  cases    uuid[];
begin
  if not limits -> 'callers' ? received.caller then
    return null;
  end if;
  cases := subject.cases || array(select f.case_id from case_file f where f.force_id = current_force() and f.victim_id = any (subject.victims)
                                  and f.case_id <> all (subject.cases) limit 20);
  if not exists (select from referral r where r.force_id = current_force() and r.case_id = any (cases)) then
    return null;
  end if;
  return array(
  select (k.case_id, subject.contact_id, 'The victim, whom a service could not reach, is in contact now.',
          evidence_of(jsonb_agg(record_shown('referral', r.referral_id, r.moment) order by r.moment)
                      || record_shown('contact', subject.contact_id, received.occurred_at)), null)::finding
  from   unnest(cases) k (case_id)
  cross  join lateral (
    select t.referral_id, t.occurred_at as moment,
           max(t.occurred_at) filter (where not limits -> 'outcomes' ? t.outcome) over () as reached_at, t.outcome
    from   referral e
    join   referral_transition t on t.force_id = current_force() and t.referral_id = e.referral_id and t.to_status = 'outcome_recorded'
    where  e.force_id = current_force() and e.case_id = k.case_id and t.recorded_at <= at
    order  by t.occurred_at desc limit 19) r
  where  limits -> 'outcomes' ? r.outcome and r.moment > since and r.moment <= received.occurred_at and (r.reached_at > r.moment) is not true
  group  by k.case_id);
end $$;
comment on function detect_unreached_victim_calls(contact_facts, timestamptz, jsonb) is 'Looks at a contact.';
select define_detector('unreached_victim_calls', 1, 'warning', 'specialist', 'contact', 2,
  '{"days": 90, "outcomes": ["could_not_reach"], "callers": ["victim", "silent", "unknown"]}',
  'A victim whom a specialist or a service could not reach is in contact now.',
  'Join the call or ask the handler to: agree how the victim can safely be reached, and tell the service.');
