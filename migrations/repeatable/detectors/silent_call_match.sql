-- silent_call_match: a silent or abandoned call from a number that is known to a case.
-- Source: IOPC, recommendation to Hampshire Police (February 2023) on silent and abandoned calls from a number that is known. Known is the number of
-- anybody in the case, or of an earlier contact that is linked to it.
-- Settings: days (that the earlier contact may lie back).
create or replace function detect_silent_call_match(subject contact_facts, at timestamptz, limits jsonb) returns finding[]
language plpgsql stable strict as $$
declare
  received contact := subject.received;
  since    timestamptz := received.occurred_at - make_interval(days => (limits ->> 'days')::int);
begin
  return array(
  with known as (
    select p.person_id, p.recorded_at
    from  (select s.person_id from search_key s where s.force_id = current_force() and s.kind = 'phone' and s.key = received.phone_key limit 20) k
    join   person p on p.force_id = current_force() and p.person_id = k.person_id and p.recorded_at <= at),
  earlier as (
    select c.contact_id, c.occurred_at from contact c
    where  c.force_id = current_force() and c.phone_key = received.phone_key and c.occurred_at >= since and c.occurred_at < received.occurred_at
    and    c.recorded_at <= at order by c.occurred_at desc limit 10),
  matched as (
    select f.case_id, 'person' as kind, k.person_id as id, k.recorded_at as moment
    from   known k join case_file f on f.force_id = current_force() and f.victim_id = k.person_id where f.recorded_at <= at
    union
    select f.case_id, 'person', k.person_id, k.recorded_at
    from   known k join case_file f on f.force_id = current_force() and f.perpetrator_id = k.person_id where f.recorded_at <= at
    union
    select n.case_id, 'person', k.person_id, k.recorded_at
    from   known k join case_person n on n.force_id = current_force() and n.person_id = k.person_id and n.active where n.recorded_at <= at
    union
    select l.case_id, 'contact', e.contact_id, e.occurred_at
    from   earlier e join contact_case l on l.force_id = current_force() and l.contact_id = e.contact_id and l.active and l.recorded_at <= at),
  placed as (
    select m.*, row_number() over (partition by m.case_id order by m.kind desc, m.moment desc) as place from matched m)
  select (p.case_id, subject.contact_id, 'A silent or abandoned call came from a number that is known to the case.',
          evidence_of(jsonb_agg(record_shown(p.kind, p.id, p.moment) order by p.moment) || record_shown('contact', subject.contact_id, received.occurred_at)),
          null)::finding
  from   placed p where p.place < 20 group by p.case_id limit 10);
end $$;
comment on function detect_silent_call_match(contact_facts, timestamptz, jsonb) is 'Looks at a contact.';
select define_detector('silent_call_match', 1, 'critical', 'control_room', 'contact', 1, '{"days": 730}',
  'A silent or abandoned call from a number that is known to a case.',
  'Take it for the victim''s: send somebody to the addresses known; do not call back but by the rule for safe contact.',
  '(subject.received).phone_key is not null and ((subject.received).caller = ''silent'' or (subject.received).cut_off)');
