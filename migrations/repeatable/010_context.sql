-- What every request's transaction begins with: who is this, may they, and has this key been used.

create or replace function refuse(sqlstate_code text, problem text, extra jsonb default '{}') returns void
language plpgsql as $$
begin
  raise exception using errcode = sqlstate_code, message = problem, detail = extra::text;
end $$;
comment on function refuse(text, text, jsonb) is
  'Ends the transaction with one of our SQLSTATEs: the message is the problem''s code, the detail its extra members.';

create or replace function fault_at(pointer text, code text, detail text) returns jsonb language sql immutable as
  $$ select jsonb_build_object('pointer', pointer, 'code', code, 'detail', detail) $$;
comment on function fault_at(text, text, text) is 'One fault of a body.';

create or replace function refuse_faults(faults jsonb) returns void language plpgsql as $$
begin
  if faults <> '[]' then
    perform refuse('SL422', case when faults @? '$[*] ? (@.code != "unknown_reference")' then 'invalid_request'
                                 else 'unknown_reference' end, jsonb_build_object('errors', faults));
  end if;
end $$;
comment on function refuse_faults(jsonb) is 'SL422 with these faults; nothing when there are none.';

create or replace function set_context(name text, value text) returns void language sql as
  $$ select set_config('secondlook.' || name, coalesce(value, ''), true) $$;
comment on function set_context(text, text) is 'Sets one word of the transaction''s context.';

-- One setting, for each one more is some five microseconds of every request.
create or replace function current_request() returns request_context language sql stable parallel safe as
  $$ select nullif(current_setting('secondlook.request', true), '')::request_context $$;
comment on function current_request() is 'The request that this transaction serves; null outside one.';

-- Policies let a row through at once when its force is the whole force: that of which nothing is hidden from who acts.
create or replace function hide_cases(hidden uuid[]) returns void language plpgsql as $$
begin
  perform set_config('secondlook.hidden', coalesce(nullif(hidden::text, '{}'), ''), true),
          set_config('secondlook.whole_force', case when hidden <> '{}' then '' else current_setting('secondlook.force') end, true);
end $$;
comment on function hide_cases(uuid[]) is
  'Says what the policies hide in this transaction, after its force is set; null or nothing: they hide nothing. Only this and enter() may.';

create or replace function refuse_caller(client_enabled boolean, staff_reference text, acts_alone boolean) returns void language plpgsql as $$
begin
  perform refuse('SL403', case when client_enabled is not true then 'client_unknown'
                               when staff_reference is null and not acts_alone then 'staff_required' else 'staff_unknown' end);
end $$;
comment on function refuse_caller(boolean, text, boolean) is 'Why a caller is not let in.';

-- Restricted cases are hidden from all but those whom their permitted list names and, for supervisors, those that
-- do not block them. Blocking wins over permission, and over an emergency's access, which ends by itself.
create or replace function hide_restricted(closed uuid[], in_force text, acting text, moment timestamptz) returns void language plpgsql as $$
declare
  barred uuid[] := array(select r.case_id from case_restriction r
                         where  r.force_id = in_force and r.case_id = any (closed) and acting = any (r.blocked));
  opened uuid[] := array(select g.case_id from case_break_glass g
                         where  g.force_id = in_force and g.recorded_by = acting and g.expires_at > moment);
begin
  perform hide_cases(array(select c.id from unnest(closed) as c (id) where c.id <> all (opened) or c.id = any (barred))),
          set_config('secondlook.blocked', coalesce(nullif(barred::text, '{}'), ''), true);
end $$;
comment on function hide_restricted(uuid[], text, text, timestamptz) is
  'Hides of the restricted cases that who acts is not named for those that aren''t open to them in an emergency; and notes which block them.';

drop function if exists enter(text, text, text, text[], uuid, uuid, text, text);
-- Identifiers stay the texts that they come as: they are read where a line is written.
create or replace function enter(
  client_uri text, staff_reference text, operation_id text, allowed text[], request text, line text,
  certificate text, stated_purpose text
) returns text
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  caller     record;
  held       text[];
  acting     text;
  restricted uuid[]  := '{}';
  again      boolean := current_setting('secondlook.force', true) <> '';
  settled    text;
begin
  select c.force_id, c.name, c.acts_alone, c.enabled, c.roles, s.reference, s.roles as staff_roles, s.enabled as staff_enabled,
         (select f.clock_offset from force f where f.force_id = c.force_id) as clock_offset,
         exists (select from case_restriction r where r.force_id = c.force_id and r.restricted) as restricts
  into   caller
  from   client c left join staff s on s.force_id = c.force_id and s.reference = staff_reference
  where  c.uri = client_uri;
  if (caller.enabled and case when staff_reference is null then caller.acts_alone else caller.staff_enabled end) is not true then
    perform refuse_caller(caller.enabled, staff_reference, caller.acts_alone);
  end if;
  held := case when staff_reference is null then caller.roles else caller.staff_roles end;
  if not held <@ caller.roles then
    held := array(select r from unnest(held) r where r = any (caller.roles));
  end if;
  acting := coalesce(caller.reference, 'client:' || caller.name);
  if not (held && allowed or allowed = '{}') then
    perform refuse('SL403', 'role_not_allowed', jsonb_build_object('allowedRoles', allowed));
  end if;
  if caller.restricts then
    restricted := array(select r.case_id from case_restriction r
                        where  r.force_id = caller.force_id and r.restricted
                        and    (acting = any (r.blocked) or not (acting = any (r.permitted) or 'supervisor' = any (held))));
  end if;
  -- One expression: as a statement it would be planned for and started.
  settled := concat(set_config('secondlook.force', caller.force_id, true),
                    set_config('secondlook.whole_force', caller.force_id, true),
                    set_config('secondlook.actor', acting, true),
                    set_config('secondlook.roles', held::text, true),
                    set_config('secondlook.request', concat('(', operation_id, ',', certificate, ',', caller.name, ',', request, ',', line, ')'), true));
  -- What few have to set: a transaction begins without it. One that enters again forgets what it had.
  if again or caller.clock_offset <> '0' or stated_purpose <> '' then
    perform set_config('secondlook.purpose', coalesce(stated_purpose, ''), true),
            set_config('secondlook.now', case when caller.clock_offset = '0' then '' else (statement_timestamp() + caller.clock_offset)::text end, true),
            set_config('secondlook.lines', '', true), set_config('secondlook.hidden', '', true), set_config('secondlook.blocked', '', true);
  end if;
  if restricted <> '{}' then
    perform hide_restricted(restricted, caller.force_id, acting, statement_timestamp() + caller.clock_offset);
  end if;
  return caller.force_id;
end $$;
comment on function enter(text, text, text, text[], text, text, text, text) is
  'Who is calling, and may they: raises SL403, or sets the context that policies and triggers read.';

create or replace function claim(claimed_key text, claimed_hash text, new_location text) returns void
language plpgsql as $$
declare
  asked request_context := current_request();
  mine  idempotency_claim;
  found_claim idempotency_claim;
begin
  mine.force_id := current_force();
  mine.client := asked.client;
  mine.actor := current_actor();
  mine.operation := asked.operation;
  if not pg_try_advisory_xact_lock(hashtextextended(
       concat_ws(chr(31), mine.force_id, mine.client, mine.actor, mine.operation, claimed_key), 0)) then
    perform refuse('SL409', 'idempotency_key_in_flight');
  end if;
  insert into idempotency_claim (force_id, client, actor, operation, key, body_hash, location)
  values (mine.force_id, mine.client, mine.actor, mine.operation, claimed_key, claimed_hash, new_location)
  on conflict do nothing;
  if found then
    return;
  end if;
  select * into found_claim from idempotency_claim c
  where  c.force_id = mine.force_id and c.client = mine.client and c.actor = mine.actor
  and    c.operation = mine.operation and c.key = claimed_key;
  if found_claim.body_hash <> claimed_hash then
    perform refuse('SL422', 'idempotency_key_reused');
  end if;
  perform refuse('SL200', 'replayed', jsonb_build_object('location', found_claim.location));
end $$;
comment on function claim(text, text, text) is
  'Takes an idempotency key within the write''s own transaction; raises SL200 with the stored location when it was used for the same request.';

create or replace function request_lines() returns int language sql stable as
  $$ select coalesce(nullif(current_setting('secondlook.lines', true), '')::int, 0) $$;
comment on function request_lines() is 'How many lines of change this transaction has written so far.';

create or replace function instant(moment timestamptz) returns text language sql stable parallel safe as
  $$ select to_char(moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') $$;
comment on function instant(timestamptz) is 'An instant as the API writes it, for use inside JSON.';

create or replace function cursor_secret() returns text
language sql stable security definer set search_path = public, pg_temp as
  $$ select encode(value, 'hex') from service_secret where name = 'cursor' $$;
comment on function cursor_secret() is 'The key that signs cursors.';

create or replace function setting_value(setting_name text) returns jsonb
language plpgsql stable as $$
declare
  result jsonb;
begin
  select s.value into result from setting s
  where  s.force_id = current_force() and s.name = setting_name and s.effective_from <= domain_now()
  order  by s.effective_from desc, s.recorded_at desc limit 1;
  if not found then
    select d.default_value into result from setting_definition d where d.name = setting_name;
  end if;
  return result;
end $$;
comment on function setting_value(text) is 'What is in force for this force now, or the default.';

alter function enter(text, text, text, text[], text, text, text, text) owner to secondlook_identity;
alter function cursor_secret() owner to secondlook_identity;

grant execute on function current_request() to secondlook_app, secondlook_ledger;
grant execute on function refuse(text, text, jsonb), fault_at(text, text, text), refuse_faults(jsonb), set_context(text, text), hide_cases(uuid[]), instant(timestamptz),
  setting_value(text), request_lines() to secondlook_app, secondlook_identity, secondlook_ledger;
grant execute on function refuse_caller(boolean, text, boolean), hide_restricted(uuid[], text, text, timestamptz) to secondlook_identity;
grant execute on function enter(text, text, text, text[], text, text, text, text), claim(text, text, text), cursor_secret()
   to secondlook_app;
grant select on client, force, staff, case_restriction, case_break_glass, service_secret to secondlook_identity;
grant select, insert on idempotency_claim to secondlook_app;

-- Readiness compares what has been applied with what the program brings.
do $$
begin
  if to_regclass('secondlook_migration') is not null then
    grant select on secondlook_migration to secondlook_app;
  end if;
end $$;
