-- The ledger's own functions: lines of change, partitions, the sequencer's pass.

-- One expression, so that it is no function call within a plan.
create or replace function uuid_now() returns uuid language sql volatile as $$
  select overlay(encode(overlay(uuid_send(gen_random_uuid())
                                placing substring(int8send((date_part('epoch', clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6),
                        'hex') placing '7' from 13)::uuid
$$;
comment on function uuid_now() is 'An identifier that sorts by time, for what is written outside a request or has no identifier of its own in one.';

-- Arguments: relation, id column, and the case column where it isn't case_id ('' for none). The lines of a request count up
-- the last four digits of its line (0000 is its look). This runs for every record written: each value is an expression
-- by itself, which is made ready once in a transaction; as part of the insert it would be at every line.
create or replace function write_line() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  record_now jsonb := case when tg_op = 'DELETE' then to_jsonb(old) else to_jsonb(new) end;
  asked      request_context := current_request();
  line       uuid  := case when asked.line_id is not null then
                        overlay(asked.line_id placing lpad(to_hex(set_config('secondlook.lines',
                          (request_lines() + 1)::text, true)::int), 4, '0') from 33)::uuid
                      else uuid_now() end;
  kind       text  := coalesce(nullif(current_setting('secondlook.kind', true), ''),
                               case tg_op when 'INSERT' then 'collection' when 'UPDATE' then 'alteration' else 'erasure' end);
  actor      text  := current_actor();
  purpose    text  := nullif(current_setting('secondlook.purpose', true), '');
  force      text  := record_now ->> 'force_id';
  id         text  := record_now ->> tg_argv[1];
  number     text  := record_now ->> 'version';
  of_case    text  := record_now ->> coalesce(tg_argv[2], 'case_id');
  happened   text  := record_now ->> 'occurred_at';
  members    int   := jsonb_array_length(jsonb_path_query_array(record_now, '$.*.type()'));
begin
  insert into ledger_line (force_id, line_id, kind, operation, actor, client, thumbprint, request_id, purpose, relation,
                           record_id, version, case_id, occurred_at, image, salts)
  values (force, line, kind, coalesce(asked.operation, 'direct'), actor, asked.client, asked.thumbprint, asked.request_id, purpose, tg_argv[0],
          id::uuid, number::int, of_case::uuid, happened::timestamptz, record_now, gen_random_bytes(16 * members));
  return null;
end $$;
comment on function write_line() is 'Writes the line of a change in the same transaction; no path open to the app''s role avoids it.';

create or replace function refuse_truncate() returns trigger language plpgsql as $$
begin
  raise exception 'records are never truncated';
end $$;
comment on function refuse_truncate() is 'TRUNCATE would leave no line.';

create or replace function make_ledger_partitions(months_ahead int default 3) returns int
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  made  int := 0;
  month timestamptz;
  partition_name text;
begin
  for month in select generate_series(date_trunc('month', clock_timestamp()),
                                      clock_timestamp() + make_interval(months => months_ahead), '1 month') loop
    partition_name := 'ledger_line_' || to_char(month at time zone 'UTC', 'YYYY_MM');
    if to_regclass(partition_name) is null then
      execute format('create table %I partition of ledger_line for values from (%L) to (%L)', partition_name,
                     month_as_uuid(month), month_as_uuid(month + interval '1 month'));
      made := made + 1;
    end if;
  end loop;
  return made;
end $$;
comment on function make_ledger_partitions(int) is 'Makes the partitions of this month and the next ones; idempotent.';
select make_ledger_partitions();

-- Appends every line of transactions that are over, in the order they were recorded. Lines of a transaction that is
-- still open keep all younger transactions' lines waiting, so that none is skipped and none appears late.
create or replace function sequence_lines() returns table (given bigint, upto bigint)
language plpgsql security definer set search_path = public, pg_temp
-- A plan made while the ledger was small would read all of it at every pass for ever.
set enable_seqscan = off as $$
declare
  horizon ledger_horizon;
  over bigint := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
  visible xid8;
  count_given bigint;
begin
  select * into horizon from ledger_horizon for update;
  visible := (over + horizon.xid_offset)::text::xid8;
  insert into ledger_order (position, force_id, line_id, changes)
  select horizon.position + row_number() over (order by l.recorded_at, l.line_id), l.force_id, l.line_id, l.image is not null
  from   ledger_line l
  where  l.xid >= horizon.next_xid and l.xid < visible;
  get diagnostics count_given = row_count;
  if count_given > 0 then
    update ledger_horizon set next_xid = visible, position = horizon.position + count_given;
  end if;
  return query select count_given, horizon.position + count_given;
end $$;
comment on function sequence_lines() is 'One pass of the sequencer.';

-- Lines that have their position are told by their leaf, or stand behind what is sealed.
create or replace function has_position(force text, line uuid) returns boolean language sql stable as $$
  select exists (select from ledger_leaf f where f.force_id = force and f.line_id = line)
      or exists (select from ledger_order o where o.position > (select s.position from ledger_sealed s) and o.force_id = force and o.line_id = line)
$$;
comment on function has_position(text, uuid) is 'Whether the sequencer has taken a line; to be asked of a few only.';

-- Transaction numbers start anew in a database restored into another cluster, and would meet those of the lines it was restored with.
-- So all lines not yet ordered, and those written here before this ran, are ordered; the next ones' numbers are raised above all others.
create or replace function rebase_ledger() returns boolean
language plpgsql security definer set search_path = public, pg_temp set enable_seqscan = off as $$
declare
  here bigint := (select system_identifier from pg_control_system());
  horizon ledger_horizon;
  newest bigint;
  count_given bigint;
begin
  if exists (select from ledger_horizon h where h.system_identifier = here) then
    return false;
  end if;
  lock table ledger_line in access exclusive mode;
  select * into horizon from ledger_horizon for update;
  if horizon.system_identifier = here then
    return false;
  end if;
  insert into ledger_order (position, force_id, line_id, changes)
  select horizon.position + row_number() over (order by l.recorded_at, l.line_id), l.force_id, l.line_id, l.image is not null
  from  (select * from ledger_line o where o.xid >= horizon.next_xid
         union all
         select * from ledger_line w where w.xid >= horizon.xid_offset::text::xid8 and w.xid < horizon.next_xid
         and    w.xid <= (pg_snapshot_xmax(pg_current_snapshot())::text::bigint + horizon.xid_offset)::text::xid8
         and    not has_position(w.force_id, w.line_id)) l;
  get diagnostics count_given = row_count;
  select greatest(horizon.next_xid, (select l.xid from ledger_line l order by l.xid desc limit 1))::text::bigint into newest;
  execute format('alter table ledger_line alter column xid set default (pg_current_xact_id()::text::bigint + %s)::text::xid8', newest);
  update ledger_horizon set epoch = horizon.epoch + 1, xid_offset = newest, next_xid = (newest + 1)::text::xid8,
                            position = horizon.position + count_given, system_identifier = here;
  return true;
end $$;
comment on function rebase_ledger() is
  'In a database restored elsewhere transaction numbers start anew: begins a new epoch there. Lines not yet ordered are taken first.';

-- Which lines a statement saw, no position or leaf says: those of a transaction that ended meanwhile may come before its own. What has
-- begun since the snapshot, up to the own transaction, is left out as well.
create or replace function ledger_snapshot() returns pg_snapshot language sql stable as $$
  select format('%s:%s:%s', s.xmin + h.xid_offset, greatest(s.xmax, s.own + 1) + h.xid_offset,
                (select string_agg((r.xid + h.xid_offset)::text, ',' order by r.xid)
                 from  (select x::text::bigint from pg_snapshot_xip(s.now) x union select generate_series(s.xmax, s.own - 1)) r (xid)
                 where  r.xid <> s.own))::pg_snapshot
  from   ledger_horizon h,
         (select now, pg_snapshot_xmin(now)::text::bigint as xmin, pg_snapshot_xmax(now)::text::bigint as xmax, pg_current_xact_id()::text::bigint as own
          from   pg_current_snapshot() now) s
$$;
comment on function ledger_snapshot() is 'The transactions whose lines a statement sees, its own too, by the numbers that lines carry in xid: the same lines at any later time.';

create or replace function forget_claims() returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  count_forgotten bigint;
begin
  delete from idempotency_claim where claimed_at < clock_timestamp() - interval '25 hours';
  get diagnostics count_forgotten = row_count;
  return count_forgotten;
end $$;
comment on function forget_claims() is 'Drops idempotency keys that are over 24 hours old.';

alter function write_line() owner to secondlook_ledger;
grant insert on ledger_line to secondlook_ledger, secondlook_gate;
grant select on ledger_line, ledger_order to secondlook_app, secondlook_sequencer;
grant select on ledger_horizon to secondlook_app, secondlook_sequencer, secondlook_gate;
grant execute on function uuid_now() to secondlook_ledger, secondlook_app;
grant execute on function ledger_snapshot() to secondlook_app;
grant execute on function sequence_lines(), rebase_ledger(), make_ledger_partitions(int), forget_claims() to secondlook_sequencer;
grant execute on function month_as_uuid(timestamptz) to secondlook_sequencer;

-- A line of change stays in its page: the image is compressed there, and moved out only when it is larger than a page even so.
-- Salts are random and never tried.
alter table ledger_line
  alter column image set storage main, alter column salts set storage plain,
  alter column force_id set storage main, alter column kind set storage main, alter column operation set storage main,
  alter column actor set storage main, alter column client set storage main, alter column thumbprint set storage main,
  alter column purpose set storage main, alter column relation set storage main;

alter table ledger_line enable row level security;
alter table ledger_line force row level security;
-- The kinds of section 62 stand here and in no check of the table's: that would be read from its text for every line.
drop policy if exists changes_written on ledger_line;
create policy changes_written on ledger_line for insert to secondlook_ledger with check (image is not null and kind = any ('{collection,alteration,consultation,disclosure,combination,erasure}'));
drop policy if exists looks_written on ledger_line;
create policy looks_written on ledger_line for insert to secondlook_gate with check (image is null and kind = any ('{collection,alteration,consultation,disclosure,combination,erasure}'));
drop policy if exists changes_read on ledger_line;
create policy changes_read on ledger_line for select to secondlook_app
  using (image is not null and force_id = (select current_force())
         and (case_id is null or case_id <> all ((select hidden_cases())::uuid[])));
alter table ledger_order enable row level security;
alter table ledger_order force row level security;
drop policy if exists order_read on ledger_order;
create policy order_read on ledger_order for select to secondlook_app using (force_id = (select current_force()));
