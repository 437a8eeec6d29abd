-- The feed: positions past which a reader goes, and what a line of change tells of itself.

create or replace function feed_place(after bigint, out start bigint, out upto bigint, out reset text)
language plpgsql stable security definer set search_path = public, pg_temp set enable_seqscan = off as $$
declare
  first_kept bigint := (select o.position from ledger_order o order by o.position limit 1);
begin
  upto := (select h.position from ledger_horizon h);
  reset := case when after > upto then 'beyond' when after < coalesce(first_kept - 1, upto) then 'gone' end;
  start := case when after is null or reset is not null then upto else after end;
end $$;
comment on function feed_place(bigint) is
  'Where a feed asked for after a position begins: there, or at the end with the reason when that is gone or was never given.';

-- Which forces have changes after a position; null: too many lines to look through, so any may.
drop function if exists feed_reached(bigint);
create function feed_reached(after bigint, out upto bigint, out forces text[], out epoch int)
language plpgsql stable security definer set search_path = public, pg_temp set enable_seqscan = off as $$
begin
  select h.position, h.epoch into upto, epoch from ledger_horizon h;
  if upto - after <= 10000 then
    forces := array(select distinct o.force_id from ledger_order o where o.position > after and o.position <= upto and o.changes);
  end if;
end $$;
comment on function feed_reached(bigint) is
  'The last position given, the forces that have changes after another one, and the ledger''s epoch: another one, and positions are of another ledger.';

-- Positions of changes, and what their lines tell. A line that the transaction may not see has its position alone: the work
-- is bounded, and a reader from whom all is hidden still moves on. The literal limit makes the index the plan. A line is asked for as
-- a range in its order, which the primary key alone has: by equality, a plan made while the ledger was small took any index
-- that begins with the force, and read all of it for every line.
create or replace function feed_lines(after bigint, upto bigint, most int)
returns table ("position" bigint, kind text, record_id uuid, case_id uuid, version int, state text, operation text,
               change text, recorded_at timestamptz)
language plpgsql stable set enable_seqscan = off as $$
#variable_conflict use_column
declare
  force text := current_force();
begin
  return query
    select o.position, l.*
    from   (select r.position, r.line_id from ledger_order r
            where  r.force_id = force and r.changes and r.position > after and r.position <= upto
            order  by r.position limit 200) o
    left   join lateral (
             select c.relation, c.record_id, c.case_id, c.version,
                    case when c.relation in ('case', 'referral', 'protection_order', 'review_item', 'advice', 'training_session', 'shift') then c.image ->> 'status' end,
                    c.operation, c.kind, c.recorded_at
             from   ledger_line c where c.force_id = force and c.line_id >= o.line_id and c.line_id <= o.line_id
             order  by c.line_id limit 1) l on true
    order  by o.position limit most;
end $$;
comment on function feed_lines(bigint, bigint, int) is
  'Changes after one position up to another, 200 at most, as whoever is calling may see them.';

create or replace function feed_tells(kind text) returns boolean language sql immutable parallel safe as
  $$ select kind is not null and kind not in ('client', 'staff', 'setting', 'sandbox_clock_setting') $$;
comment on function feed_tells(text) is 'Whether the feed tells of a kind of record: administration has its own lists.';

-- Whom the policies show least: no name, no role, and every restricted case hidden. What shows even so, all may see who may read the feed.
create or replace function feed_as_nobody(force text) returns void language plpgsql as $$
begin
  -- Nothing is hidden first, so that the restrictions can be read.
  perform set_context('force', force), set_context('actor', ':nobody'), set_context('roles', '{}'), hide_cases(null);
  perform hide_cases(array(select r.case_id from case_restriction r where r.force_id = force and r.restricted));
  perform set_context('blocked', current_setting('secondlook.hidden'));
end $$;
comment on function feed_as_nobody(text) is 'Sets the context of someone from whom all is hidden that is hidden from anyone.';

-- A row for each reader, with the problem when they are let in no longer, and one for each of the lines at
-- these positions that they may see.
create or replace function feed_check(client_uris text[], staff_references text[], allowed text[], positions bigint[])
returns table (place int, refusal text, "position" bigint, kind text, record_id uuid, case_id uuid, version int, state text,
               operation text, change text, recorded_at timestamptz)
language plpgsql as $$
#variable_conflict use_column
begin
  for place in 1 .. cardinality(client_uris) loop
    refusal := null;
    begin
      perform enter(client_uris[place], staff_references[place], 'listEvents', allowed, null, null, null, null);
    exception when sqlstate 'SL403' then
      refusal := sqlerrm;
    end;
    return query select place, refusal, null::bigint, null, null::uuid, null::uuid, null::int, null, null, null, null::timestamptz;
    if refusal is null and positions <> '{}' then
      return query select place, null, f.* from unnest(positions) p, feed_lines(p - 1, p, 1) f where feed_tells(f.kind);
    end if;
  end loop;
end $$;
comment on function feed_check(text[], text[], text[], bigint[]) is
  'Whether readers of the feed may still read it, and which of the lines that not all may see are theirs to see.';

grant execute on function feed_place(bigint), feed_reached(bigint), feed_lines(bigint, bigint, int), feed_tells(text),
  feed_as_nobody(text), feed_check(text[], text[], text[], bigint[]) to secondlook_app;
