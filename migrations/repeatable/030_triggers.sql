-- What is the same for every record: versions, legal moves, visible parents.

create or replace function check_version() returns trigger language plpgsql as $$
begin
  if new.version <> old.version then
    perform refuse('SL412', 'version_stale', jsonb_build_object(
      'currentVersion', old.version, 'changedBy', old.changed_by, 'changedAt', instant(old.changed_at)));
  end if;
  new.version := old.version + 1;
  new.changed_by := current_actor();
  new.changed_at := domain_now();
  return new;
end $$;
comment on function check_version() is
  'The statement sets version = :ifMatch (or leaves it alone, for the service''s own updates): stale is SL412, else the version rises.';

-- Argument: the machine, or '' where the row's own column machine says which. The column reason, where a move needs one,
-- is read from the new row.
create or replace function check_move() returns trigger language plpgsql as $$
declare
  machine_name text := coalesce(nullif(tg_argv[0], ''), to_jsonb(new) ->> 'machine');
  move  machine_move;
  legal jsonb;
begin
  if new.status = old.status then
    return new;
  end if;
  select * into move from machine_move m
  where  m.machine = machine_name and m."from" = old.status and m."to" = new.status
  and    (current_staff_roles() = '{}' or m.roles && current_staff_roles());
  if not found then
    select coalesce(jsonb_agg(m."to" order by m."to"), '[]') into legal from machine_move m
    where  m.machine = machine_name and m."from" = old.status and m.roles && current_staff_roles();
    perform refuse('SL409', 'illegal_move', jsonb_build_object('from', old.status, 'to', new.status, 'legal', legal));
  end if;
  if move.reason_required and coalesce(to_jsonb(new) ->> 'reason', '') = '' then
    perform refuse('SL422', 'reason_required', jsonb_build_object('errors', jsonb_build_array(
      jsonb_build_object('pointer', '/reason', 'code', 'required', 'detail', 'This move needs a reason.'))));
  end if;
  return new;
end $$;
comment on function check_move() is 'An illegal move is SL409 with the legal ones; a missing reason SL422.';

-- A foreign key alone would accept a hidden parent. Each has its own text, so that its plan is kept.
create or replace function make_seen(name text, table_name text, id_column text) returns void language plpgsql as $$
begin
  execute format($f$
    create or replace function %I(id uuid) returns uuid language plpgsql stable as $b$
    begin
      perform from %I t where t.force_id = current_force() and t.%I = id;
      if not found then
        perform refuse('SL404', 'not_found');
      end if;
      return id;
    end $b$ $f$, name, table_name, id_column);
  execute format('comment on function %I(uuid) is %L', name, format('The %s, when it may be seen, else SL404.', replace(table_name, '_', ' ')));
end $$;
comment on function make_seen(text, text, text) is 'Makes the function that answers a record''s identifier when it may be seen, else SL404.';

select make_seen('seen_case', 'case_file', 'case_id'), make_seen('seen_contact', 'contact', 'contact_id');

-- A reference inside a body to something that isn't there, or may not be seen, is a fault of the body: 422.
create or replace function known_person(id uuid, pointer text) returns uuid language plpgsql stable as $$
begin
  if id is null then
    return null;
  end if;
  perform from person p where p.force_id = current_force() and p.person_id = id;
  if not found then
    perform refuse_faults(jsonb_build_array(fault_at(pointer, 'unknown_reference', 'No such person.')));
  end if;
  return id;
end $$;
comment on function known_person(uuid, text) is 'The person, when there is one, else SL422 at that pointer.';

create or replace function known_contact(id uuid, pointer text) returns uuid language plpgsql stable as $$
begin
  if id is null then
    return null;
  end if;
  perform from contact c where c.force_id = current_force() and c.contact_id = id;
  if not found then
    perform refuse_faults(jsonb_build_array(fault_at(pointer, 'unknown_reference', 'No such contact.')));
  end if;
  return id;
end $$;
comment on function known_contact(uuid, text) is 'The contact, when there is one, else SL422 at that pointer.';

grant execute on function seen_case(uuid), seen_contact(uuid), known_person(uuid, text),
  known_contact(uuid, text) to secondlook_app;
grant select on machine_move, question_set, question, setting_definition, force to secondlook_app;

-- What a policy asks of a row: is its force the one of which nothing is hidden (the only question, where nothing is), or else, is the
-- row of the acting force and not hidden? The condition is made ready anew for every table of every statement, and that costs more than asking it of a
-- few rows: hence one comparison and one function that isn't opened up, and hidden cases are looked through as the text they are, for
-- reading them into an array costs more than all the rest. A record that concerns a hidden case is looked for past the policies, else
-- the policy would hide the very row it asks for; those functions are plpgsql, whose plans are kept.
create or replace function whole_force() returns text language sql stable parallel safe as
  $$ select current_setting('secondlook.whole_force', true) $$;
comment on function whole_force() is 'The force this transaction acts for, when nothing of it is hidden from who acts; else empty or null.';

create or replace function case_is_hidden(id uuid) returns boolean language sql stable parallel safe as
  $$ select position(id::text in coalesce(current_setting('secondlook.hidden', true), '')) > 0 $$;
comment on function case_is_hidden(uuid) is 'Whether a case is one of hidden_cases().';

create or replace function contact_is_hidden(id uuid) returns boolean
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
  return exists (select from contact_case l where l.force_id = current_force() and l.contact_id = id and l.active
                 and case_is_hidden(l.case_id));
end $$;
comment on function contact_is_hidden(uuid) is 'Whether a contact concerns a case that this transaction may not see.';

create or replace function record_is_hidden(case_id uuid, contact_id uuid) returns boolean language sql stable as $$
  select coalesce(case_is_hidden(case_id), false) or contact_id is not null and contact_is_hidden(contact_id)
$$;
comment on function record_is_hidden(uuid, uuid) is 'Whether a record of a case or a contact, or both, concerns a case that this transaction may not see.';

-- Their cases decide; for one who is in none, a child that a call named, say, the contacts do.
create or replace function person_is_hidden(id uuid) returns boolean
language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
  hidden boolean;
begin
  select bool_and(case_is_hidden(known.case_id)) into hidden from (
    select c.case_id from case_file c where c.force_id = current_force() and c.victim_id = id
    union all
    select c.case_id from case_file c where c.force_id = current_force() and c.perpetrator_id = id
    union all
    select n.case_id from case_person n where n.force_id = current_force() and n.person_id = id) known;
  if hidden is null then
    select bool_and(contact_is_hidden(n.contact_id)) into hidden from contact_person n
    where  n.force_id = current_force() and n.person_id = id;
  end if;
  return coalesce(hidden, false);
end $$;
comment on function person_is_hidden(uuid) is 'Whether all that is known of a person lies in cases that this transaction may not see.';

create or replace function case_is_shown(of_force text, id uuid) returns boolean language plpgsql stable parallel safe as $$
begin
  return of_force = current_force() and not coalesce(case_is_hidden(id), false);
end $$;
comment on function case_is_shown(text, uuid) is 'Whether a record of a case, or of none, may be seen.';

create or replace function contact_is_shown(of_force text, id uuid) returns boolean language plpgsql stable as $$
begin
  return of_force = current_force() and not contact_is_hidden(id);
end $$;
comment on function contact_is_shown(text, uuid) is 'Whether a record of a contact may be seen.';

create or replace function person_is_shown(of_force text, id uuid) returns boolean language plpgsql stable as $$
begin
  return of_force = current_force() and not person_is_hidden(id);
end $$;
comment on function person_is_shown(text, uuid) is 'Whether a record of a person may be seen.';

create or replace function record_is_shown(of_force text, case_id uuid, contact_id uuid) returns boolean language plpgsql stable as $$
begin
  return of_force = current_force() and not record_is_hidden(case_id, contact_id);
end $$;
comment on function record_is_shown(text, uuid, uuid) is 'Whether a record of a case or a contact, or both, may be seen.';

create or replace function contact_shown(id uuid) returns uuid language sql stable as
  $$ select case when hidden_cases() = '{}' or not contact_is_hidden(id) then id end $$;
comment on function contact_shown(uuid) is 'A contact that a record names, when it may be seen: it may concern a hidden case besides the record''s own.';

create or replace function case_is_blocked(id uuid) returns boolean language sql stable parallel safe as
  $$ select position(id::text in coalesce(current_setting('secondlook.blocked', true), '')) > 0 $$;
comment on function case_is_blocked(uuid) is 'Whether a case is one of those that do not exist for who acts now, not even as danger.';

-- An alert that rests on a case that blocks who asks is a reason in the queue for others only.
create or replace function reasons_shown(reasons json, of_case uuid, of_contact uuid) returns json
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
  if coalesce(current_setting('secondlook.blocked', true), '') = '' then
    return reasons;
  end if;
  return (select coalesce(json_agg(r.item order by r.n), '[]') from json_array_elements(reasons) with ordinality as r (item, n)
          where  not exists (select from alert a where a.force_id = current_force() and (a.case_id = of_case or a.contact_id = of_contact)
                             and a.detector = r.item ->> 'code' and (case_is_blocked(a.case_id) or evidence_is_blocked(a.evidence)))
          and    not exists (select from alert a
                             where  a.force_id = current_force() and a.detector = r.item ->> 'code'
                             and    a.case_id = any (current_setting('secondlook.blocked')::uuid[])
                             and    a.evidence @> jsonb_build_object('records', jsonb_build_array(
                                      jsonb_build_object('kind', 'contact', 'id', of_contact)))));
end $$;
comment on function reasons_shown(json, uuid, uuid) is 'The reasons of an item of the queue without those that tell of a case that blocks who asks.';

create or replace function item_is_shown(of_force text, case_id uuid, contact_id uuid, reasons json) returns boolean language plpgsql stable as $$
begin
  return of_force = current_force() and not record_is_hidden(case_id, contact_id) and reasons_shown(reasons, case_id, contact_id)::text <> '[]';
end $$;
comment on function item_is_shown(text, uuid, uuid, json) is 'Whether an item of the queue may be seen: its record, and one of its reasons at least.';
grant execute on function whole_force(), case_is_shown(text, uuid), contact_is_shown(text, uuid), person_is_shown(text, uuid), record_is_shown(text, uuid, uuid),
  item_is_shown(text, uuid, uuid, json), case_is_hidden(uuid), contact_is_hidden(uuid), record_is_hidden(uuid, uuid), contact_shown(uuid), person_is_hidden(uuid),
  case_is_blocked(uuid), reasons_shown(json, uuid, uuid) to secondlook_app;
