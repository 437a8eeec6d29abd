-- unreached_victim_calls: a victim whom a specialist or a service could not reach is in contact now.
-- Source: the project's own reading. Not reached is the outcome of a referral, as long as no later one of the case came to anything.
-- Settings: days (that the outcome may lie back), outcomes, callers (who may be the victim).
create or replace function detect_unreached_victim_calls(subject uuid, at timestamptz, limits jsonb) returns setof finding
language plpgsql stable as $$
declare
  missed   text[] := words_of(limits -> 'outcomes');
  received contact;
  since    timestamptz;
begin
  select * into received from contact c where c.force_id = current_force() and c.contact_id = subject and c.recorded_at <= at;
  if not found or not limits -> 'callers' ? received.caller then
    return;
  end if;
  since := received.occurred_at - make_interval(days => (limits ->> 'days')::int);
  return query
  select k.case_id, subject, 'The victim, whom a service could not reach, is in contact now.'::text,
         evidence_of(jsonb_agg(record_shown('referral', r.referral_id, r.moment) order by r.moment)
                     || record_shown('contact', subject, received.occurred_at)), null::timestamptz
  from  (select cases_of_contact(subject) as case_id
         union
         select f.case_id from contact_person n join case_file f on f.force_id = current_force() and f.victim_id = n.person_id
         where  n.force_id = current_force() and n.contact_id = subject and n.role in ('victim', 'caller') and n.recorded_at <= at
         limit  20) k
  cross  join lateral (
    select t.referral_id, t.occurred_at as moment,
           max(t.occurred_at) filter (where t.outcome <> all (missed)) over () as reached_at, t.outcome
    from   referral e
    join   referral_transition t on t.force_id = current_force() and t.referral_id = e.referral_id and t.to_status = 'outcome_recorded'
    where  e.force_id = current_force() and e.case_id = k.case_id and t.recorded_at <= at
    order  by t.occurred_at desc limit 19) r
  where  r.outcome = any (missed) and r.moment > since and r.moment <= received.occurred_at and (r.reached_at > r.moment) is not true
  group  by k.case_id;
end $$;
comment on function detect_unreached_victim_calls(uuid, timestamptz, jsonb) is 'Looks at a contact.';
select define_detector('unreached_victim_calls', 1, 'warning', 'specialist', 'contact', 2,
  '{"days": 90, "outcomes": ["could_not_reach"], "callers": ["victim", "silent", "unknown"]}',
  'A victim whom a specialist or a service could not reach is in contact now.',
  'Join the call or ask the handler to: agree how the victim can safely be reached, and tell the service.');
