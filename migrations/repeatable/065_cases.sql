-- Cases: their parties, restriction, the service's own move, and cases that may be the same one.

create or replace function refuse_other_perpetrator() returns trigger language plpgsql as $$
begin
  if old.perpetrator_id is distinct from new.perpetrator_id and old.perpetrator_id is not null then
    perform refuse('SL409', 'not_possible',
      jsonb_build_object('detail', 'The pair is what a case is: once identified, the perpetrator stays. Open another case.'));
  end if;
  return new;
end $$;
comment on function refuse_other_perpetrator() is 'An unknown perpetrator may be identified, a known one is never exchanged.';
drop trigger if exists c_pair on case_file;
create trigger c_pair before update of perpetrator_id on case_file for each row execute function refuse_other_perpetrator();

-- Restriction. A party who works for the police restricts a case at once; a supervisor decides from there.

insert into setting_definition values
('restriction_supervisor', 'null',
 'Staff reference of the supervisor to call about cases restricted by the service itself; null: the first one by reference.')
on conflict (name) do update set default_value = excluded.default_value, description = excluded.description
where (setting_definition.default_value, setting_definition.description) is distinct from (excluded.default_value, excluded.description);

create or replace function police_parties(of_case case_file) returns setof person language sql stable as $$
  select p.* from person p
  where  p.force_id = of_case.force_id and p.person_id in (of_case.victim_id, of_case.perpetrator_id) and p.works_for_police
$$;
comment on function police_parties(case_file) is 'The parties of a case who work for the police.';

create or replace function mark_restricted() returns trigger language plpgsql as $$
begin
  if exists (select from police_parties(new)) then
    new.restricted := true;
  end if;
  return new;
end $$;
comment on function mark_restricted() is 'A case whose party works for the police is restricted from its first moment.';
drop trigger if exists c_restrict on case_file;
create trigger c_restrict before insert or update of perpetrator_id on case_file for each row execute function mark_restricted();

create or replace function supervisor_to_call(blocked text[]) returns text language plpgsql stable as $$
declare
  chosen text := setting_value('restriction_supervisor') #>> '{}';
begin
  if chosen is null or chosen = any (blocked) then
    select min(s.reference) into chosen from staff s
    where  s.force_id = current_force() and s.enabled and 'supervisor' = any (s.roles) and s.reference <> all (blocked);
  end if;
  return coalesce(chosen, 'nobody');
end $$;
comment on function supervisor_to_call(text[]) is 'A supervisor outside the conflict.';

create or replace function supervisor_outside(restriction case_restriction) returns text language plpgsql stable as $$
begin
  if restriction.supervisor <> all (restriction.blocked) and exists (
       select from staff s where s.force_id = restriction.force_id and s.reference = restriction.supervisor
       and    s.enabled and 'supervisor' = any (s.roles)) then
    return restriction.supervisor;
  end if;
  return supervisor_to_call(restriction.blocked);
end $$;
comment on function supervisor_outside(case_restriction) is
  'The supervisor to call about a restricted case; another one outside the conflict where that one has left, or was drawn into it.';

-- Who recorded the case may go on reading it: they know its content, and may be on the telephone with the victim. Past the
-- policies: the case may be hidden from whoever learns that a party's staff reference is a colleague's.
create or replace function block_parties(of_case case_file) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  theirs text[] := array(select s.reference from staff s, police_parties(of_case) p
                         where s.force_id = of_case.force_id and s.reference = any (p.external_references) order by 1);
begin
  insert into case_restriction as r (force_id, case_id, blocked, permitted, supervisor, reason)
  values (of_case.force_id, of_case.case_id, theirs, array[current_actor()], supervisor_to_call(theirs), 'A party works for the police.')
  on conflict (force_id, case_id) do update
  set    restricted = true, reason = case when r.restricted then r.reason else excluded.reason end,
         blocked = r.blocked || array(select b from unnest(theirs) b where b <> all (r.blocked)),
         supervisor = case when r.supervisor = any (theirs) then supervisor_to_call(r.blocked || theirs) else r.supervisor end
  where  not r.restricted or not theirs <@ r.blocked;
  if found then
    insert into alert (force_id, alert_id, detector, severity, audience, addressed_to, case_id, finding, evidence)
    select r.force_id, uuid_now(), 'case_restricted', 'warning', 'supervisor', supervisor_outside(r), r.case_id,
           'A party of the case works for the police: say who may see it, and who must not.',
           jsonb_build_object('caseId', r.case_id, 'blocked', r.blocked, 'permitted', r.permitted,
                              'records', jsonb_build_array(jsonb_build_object('kind', 'case', 'id', r.case_id, 'at', instant(domain_now()))))
    from   case_restriction r where r.force_id = of_case.force_id and r.case_id = of_case.case_id;
  end if;
end $$;
comment on function block_parties(case_file) is
  'Restricts a case whose party works for the police, blocks the staff whom its parties'' references name, and tells a supervisor.';

create or replace function restrict_case() returns trigger language plpgsql as $$
begin
  if exists (select from police_parties(new)) then
    perform block_parties(new);
  end if;
  return null;
end $$;
comment on function restrict_case() is 'Writes the restriction of a case that became restricted by itself, and tells supervisors.';
drop trigger if exists d_restrict on case_file;
create trigger d_restrict after insert on case_file for each row when (new.restricted) execute function restrict_case();
drop trigger if exists d_restrict_later on case_file;
create trigger d_restrict_later after update on case_file for each row
  when (new.restricted and (not old.restricted or new.perpetrator_id is distinct from old.perpetrator_id))
  execute function restrict_case();

create or replace function restrict_cases_of_person() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  theirs case_file;
begin
  if not old.works_for_police then
    update case_file c set restricted = true
    where  c.force_id = new.force_id and not c.restricted and (c.victim_id = new.person_id or c.perpetrator_id = new.person_id);
  end if;
  for theirs in select * from case_file c where c.force_id = new.force_id and c.restricted
                and (c.victim_id = new.person_id or c.perpetrator_id = new.person_id) order by c.case_id loop
    perform block_parties(theirs);
  end loop;
  return null;
end $$;
comment on function restrict_cases_of_person() is
  'Cases of someone who turns out to work for the police become restricted; a reference of theirs that turns out to be a member of staff''s is blocked.';
drop trigger if exists d_restrict on person;
create trigger d_restrict after update on person for each row
  when (new.works_for_police and (not old.works_for_police or new.external_references <> old.external_references))
  execute function restrict_cases_of_person();

-- The move back to open is the service's own: no role holds it, so it is made without one.
create or replace function reopen_case() returns trigger language plpgsql as $$
declare
  roles text := current_setting('secondlook.roles', true);
begin
  perform set_context('roles', '');
  update case_file c set status = 'open', reason = 'A contact was linked.'
  where  c.force_id = new.force_id and c.case_id = new.case_id and c.status in ('reviewed', 'closed');
  perform set_context('roles', roles);
  return null;
end $$;
comment on function reopen_case() is 'A contact linked to a case that was reviewed or closed opens it again.';
drop trigger if exists d_reopen on contact_case;
create trigger d_reopen after insert on contact_case for each row when (new.active) execute function reopen_case();
drop trigger if exists d_reopen_relinked on contact_case;
create trigger d_reopen_relinked after update on contact_case for each row
  when (new.active and not old.active) execute function reopen_case();

-- What is shown of a case begins with how its victim may safely be reached.
create or replace function victim_of_case(of_case uuid) returns table (safe_contact jsonb, seen text) language sql stable as $$
  select p.safe_contact, 'person:' || p.person_id || ':' || p.version
  from   case_file c join person p on p.force_id = c.force_id and p.person_id = c.victim_id
  where  c.force_id = current_force() and c.case_id = of_case and p.safe_contact is not null
$$;
comment on function victim_of_case(uuid) is 'How the victim of a case may safely be reached; no row where there is no rule.';
grant execute on function victim_of_case(uuid) to secondlook_app;

-- Cases that may be the same one. Two records are likely one person when they share a telephone or an external
-- reference, or both name and date of birth; they are alike when they share a full name, or its sound.
create or replace function likely_same(p person) returns uuid[] language plpgsql stable as $$
begin
  return array(
    select p.person_id where p.person_id is not null
    union
    select s.person_id
    from   person_keys(p) k,
           lateral (select e.person_id from search_key e
                    where e.force_id = p.force_id and e.kind = k.kind and e.key = k.key
                    order by e.person_id desc limit 20) s
    where  k.kind in ('phone', 'reference') or k.kind = 'born' and are_alike(p, s.person_id, '{name}'));
end $$;
comment on function likely_same(person) is 'A person and other records that are probably the same one; at most 20 for each key.';

create or replace function are_alike(p person, other uuid, kinds text[]) returns boolean language plpgsql stable as $$
begin
  return p.person_id = other or exists (
    select from person_keys(p) k join search_key s on s.force_id = p.force_id and s.kind = k.kind and s.key = k.key
    where  s.person_id = other and k.kind = any (kinds) and (k.kind <> 'name' or k.key like '% %'));
end $$;
comment on function are_alike(person, uuid, text[]) is 'Whether two people share a key of these kinds; of names, a full one.';

create or replace function same_name(p person) returns uuid[] language plpgsql stable as $$
begin
  return array(select s.person_id
               from   person_keys(p) k,
                      lateral (select e.person_id from search_key e
                               where e.force_id = p.force_id and e.kind = k.kind and e.key = k.key
                               order by e.person_id desc limit 50) s
               where  k.kind = 'name' and k.key like '% %');
end $$;
comment on function same_name(person) is 'People with the same full name, at most 50 for each way to write it.';

create or replace function possible_duplicates(of_case uuid)
returns table (case_id uuid, reference text, status text, why text, version int)
language plpgsql stable as $$
#variable_conflict use_column
declare
  c case_file;
  victim person;
  perpetrator person;
  certain uuid[];
begin
  select * into c from case_file f where f.force_id = current_force() and f.case_id = of_case;
  select * into victim from person p where p.force_id = c.force_id and p.person_id = c.victim_id;
  select * into perpetrator from person p where p.force_id = c.force_id and p.person_id = c.perpetrator_id;
  certain := likely_same(victim);
  return query
    select f.case_id, f.reference, f.status,
           case when f.victim_id = c.victim_id and f.perpetrator_id = c.perpetrator_id then 'same_pair'
                when f.perpetrator_id is null or c.perpetrator_id is null then 'perpetrator_unknown'
                else 'likely_same_people' end, f.version
    from   case_file f
    where  f.force_id = c.force_id and f.victim_id = any (certain || same_name(victim)) and f.case_id <> c.case_id
    and    case when f.perpetrator_id is null or c.perpetrator_id is null then f.victim_id = any (certain)
                else are_alike(perpetrator, f.perpetrator_id, '{phone,reference,name,sound}') end
    order  by f.victim_id = c.victim_id and f.perpetrator_id is not distinct from c.perpetrator_id desc, f.recorded_at desc, f.case_id
    limit  10;
end $$;
comment on function possible_duplicates(uuid) is 'Other cases that may be this one, the same pair first; at most ten.';

grant execute on function police_parties(case_file), supervisor_to_call(text[]), supervisor_outside(case_restriction), block_parties(case_file), likely_same(person),
  are_alike(person, uuid, text[]), same_name(person), possible_duplicates(uuid)
   to secondlook_app;

create or replace function alert_audiences() returns text[] language sql stable as $$
  select array(select a.audience
               from (values ('control_room', '{call_handler,dispatcher,specialist,supervisor}'::text[]),
                            ('specialist', '{specialist,supervisor}'), ('supervisor', '{supervisor}'),
                            ('administrator', '{administrator}')) as a (audience, roles)
               where a.roles && current_staff_roles())
$$;
comment on function alert_audiences() is 'Whose alerts the roles in effect may read.';
create or replace function alert_is_readable(id uuid) returns boolean language plpgsql stable set search_path = public, pg_temp as $$
begin
  return exists (select from alert a where a.force_id = current_force() and a.alert_id = id and a.audience = any (alert_audiences()));
end $$;
comment on function alert_is_readable(uuid) is 'Whether an alert may be seen and is for one who has the roles in effect.';

grant execute on function alert_audiences(), alert_is_readable(uuid) to secondlook_app;
