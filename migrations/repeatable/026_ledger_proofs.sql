-- What shows that a line is a leaf of a signed tree, and that a tree went on from an earlier one: leaves, paths, proofs.
-- The functions read as whoever calls them may; those that the app may call, at the end, read past the policies.

-- --- a line as a leaf: lib/ledger/leaf.h says it byte by byte --------------------------------------------------------

create or replace function leaf_text(value text) returns bytea language sql immutable parallel safe as
  $$ select coalesce(int4send(octet_length(value)) || convert_to(value, 'UTF8'), '\xffffffff') $$;
comment on function leaf_text(text) is 'A text with its length before it, as it is hashed; its own bytes for null.';

create or replace function leaf_instant(moment timestamptz) returns text language sql stable parallel safe as
  $$ select case when isfinite(moment) and moment >= '0001-01-01Z' then instant(moment) else moment::text end $$;
comment on function leaf_instant(timestamptz) is 'An instant as it is hashed; what no calendar has, as PostgreSQL writes it.';

create or replace function ledger_line_fields(l ledger_line) returns text[] language sql stable as $$
  select array[l.force_id, l.line_id::text, leaf_instant(l.recorded_at), l.kind, l.operation, l.actor, l.client, l.thumbprint, l.request_id::text,
               l.purpose, l.relation, l.record_id::text, l.version::text, l.case_id::text, leaf_instant(l.occurred_at), l.status::text, l.seen]
$$;
comment on function ledger_line_fields(ledger_line) is 'The fields that are hashed, in their order, as the texts that are hashed.';

create or replace function leaf_member_hash(name text, value text, salt bytea) returns bytea language sql immutable as $$
  select sha256('\x02'::bytea || salt || leaf_text(name) || convert_to(value, 'UTF8'))
$$;
comment on function leaf_member_hash(text, text, bytea) is 'The hash that stands for a member in the leaf of its line.';

create or replace function ledger_line_members(l ledger_line) returns table (name text, hash bytea) language sql stable rows 20 as $$
  select m.name, coalesce(m.hash, leaf_member_hash(m.name, m.value, substring(l.salts from (16 * m.place - 15)::int for 16)))
  from   (select i.key collate "C" as name, i.value::text as value, row_number() over (order by i.key collate "C") as place, null::bytea as hash
          from   jsonb_each(l.image) i
          union all
          select e.key collate "C", null, null, decode(e.value ->> 'hash', 'hex') from jsonb_each(l.erased) e) m
  order  by m.name
$$;
comment on function ledger_line_members(ledger_line) is
  'The members of a line of change in their order, those erased too, each with the hash that stands for it in the leaf.';

create or replace function ledger_line_leaf(l ledger_line) returns bytea language sql stable as $$
  select sha256('\x00'::bytea || 'secondlook-line-v1'::bytea
                || (select string_agg(leaf_text(f.value), '' order by f.place) from unnest(ledger_line_fields(l)) with ordinality f (value, place))
                || int4send(m.count) || m.bytes)
  from   (select count(*)::int as count, coalesce(string_agg(leaf_text(name) || hash, '' order by name collate "C"), '') as bytes
          from   ledger_line_members(l)) m
$$;
comment on function ledger_line_leaf(ledger_line) is 'The leaf hash that the line has as it stands now.';

-- --- paths in trees --------------------------------------------------------------------------------------------------
-- A node at a level covers 2^level leaves from its index × 2^level on; the last one at a level covers what is left. Nodes are
-- handed about as one text of bytes, 32 each. What is stored is the leaves, and the complete nodes at every eighth level.

create or replace function tree_nodes(of_epoch int, of_tree text, of_level int, first bigint, past bigint) returns bytea
language plpgsql stable as $$
declare
  nodes bytea;
begin
  if of_level > 0 then
    nodes := (select string_agg(s.hash, '' order by s.subtree_index) from ledger_subtree s
              where  s.epoch = of_epoch and s.tree = of_tree and s.level = of_level and s.subtree_index >= first and s.subtree_index < past);
  elsif of_tree <> '*' then
    nodes := (select string_agg(l.hash, '' order by l.leaf_index) from ledger_leaf l
              where  l.force_id = of_tree and l.epoch = of_epoch and l.leaf_index >= first and l.leaf_index < past);
  else
    nodes := case when first = 0 and past > 0 then
               (select sha256('\x00'::bytea || convert_to(ledger_epoch_text(e), 'UTF8')) from ledger_epoch e where e.epoch = of_epoch) else '' end
             || coalesce((select string_agg(sha256('\x00'::bytea || convert_to(checkpoint_text(e.name, c.tree, c.size, c.root, c.signed_at), 'UTF8')),
                                            '' order by c.national_index)
                          from   ledger_checkpoint c join ledger_epoch e on e.epoch = c.epoch
                          where  c.epoch = of_epoch and c.national_index >= first and c.national_index < past), '');
  end if;
  if coalesce(octet_length(nodes), 0) <> 32 * greatest(past - first, 0) then
    perform refuse('SL500', 'ledger_damaged');
  end if;
  return coalesce(nodes, '');
end $$;
comment on function tree_nodes(int, text, int, bigint, bigint) is 'The complete nodes at a stored level from one index up to another; SL500 when one is missing.';

create or replace function tree_parents(nodes bytea) returns bytea language plpgsql immutable parallel safe as $$
declare
  parents bytea := '';
begin
  for place in 0 .. octet_length(nodes) / 64 - 1 loop
    parents := parents || sha256('\x01'::bytea || substring(nodes from 64 * place + 1 for 64));
  end loop;
  return parents || substring(nodes from octet_length(nodes) / 64 * 64 + 1); -- the last of an odd number is its own parent
end $$;
comment on function tree_parents(bytea) is 'The nodes one level up.';

-- Eight levels at a time: one block of at most 256 stored nodes holds the way's node and all its siblings, another the tree's
-- right edge, whose last node is incomplete and so not stored: it is handed up from level to level.
create or replace function tree_path(of_epoch int, of_tree text, size bigint, from_level int, from_index bigint, with_node boolean) returns bytea[]
language plpgsql stable as $$
declare
  path   bytea[] := '{}';
  way    bigint := from_index << from_level; -- the first leaf below the node
  stored int := 0;
  edge   bytea := '';
  last   bigint;
  block  bigint;
  place  int;
  nodes  bytea;
begin
  while (size - 1) >> stored > 0 loop
    last := (size - 1) >> (stored + 8);
    block := null;
    if from_level < stored + 8 then
      block := way >> (stored + 8);
      nodes := tree_nodes(of_epoch, of_tree, stored, block << 8, least((block + 1) << 8, size >> stored)) || case when block = last then edge else '' end;
      for level in stored .. stored + 7 loop
        if level >= from_level then
          place := (way >> level) - (block << (stored + 8 - level));
          if level = from_level and with_node then
            path := path || substring(nodes from 32 * place + 1 for 32);
          end if;
          place := place # 1;
          if 32 * place < octet_length(nodes) then
            path := path || substring(nodes from 32 * place + 1 for 32);
          end if;
        end if;
        nodes := tree_parents(nodes);
      end loop;
    end if;
    if size & ((1::bigint << (stored + 8)) - 1) = 0 then
      edge := '';
    else
      if block is distinct from last then
        nodes := tree_nodes(of_epoch, of_tree, stored, last << 8, size >> stored) || edge;
        while octet_length(nodes) > 32 loop
          nodes := tree_parents(nodes);
        end loop;
      end if;
      edge := nodes;
    end if;
    stored := stored + 8;
  end loop;
  return path;
end $$;
comment on function tree_path(int, text, bigint, int, bigint, boolean) is
  'The siblings of a complete node and of its ancestors in a tree of that size, from below, after the node itself where that is wanted.';

create or replace function tree_inclusion(of_epoch int, of_tree text, size bigint, leaf_index bigint) returns bytea[] language sql stable as
  $$ select tree_path(of_epoch, of_tree, size, 0, leaf_index, false) $$;
comment on function tree_inclusion(int, text, bigint, bigint) is 'The inclusion path of a leaf (RFC 9162, section 2.1.3.1).';

-- From the last complete subtree of the earlier tree, which its holder can make out alone when it is all of that tree.
create or replace function tree_consistency(of_epoch int, of_tree text, earlier bigint, size bigint) returns bytea[] language plpgsql stable as $$
declare
  level int := 0;
begin
  if earlier = size then
    return '{}';
  end if;
  while (earlier >> level) & 1 = 0 loop
    level := level + 1;
  end loop;
  return tree_path(of_epoch, of_tree, size, level, (earlier >> level) - 1, earlier >> level > 1);
end $$;
comment on function tree_consistency(int, text, bigint, bigint) is
  'The consistency path between two sizes of a tree, the earlier at least 1 (RFC 9162, section 2.1.4.1).';

-- --- what the app may ask for ---------------------------------------------------------------------------------------

create or replace function base64(bytes bytea) returns text language sql immutable parallel safe as
  $$ select translate(encode(bytes, 'base64'), E'\n', '') $$;
comment on function base64(bytea) is 'Bytes as base64 in one line.';

create or replace function base64_list(path bytea[]) returns jsonb language sql immutable parallel safe as
  $$ select coalesce(jsonb_agg(base64(p.hash) order by p.n), '[]') from unnest(path) with ordinality p (hash, n) $$;
comment on function base64_list(bytea[]) is 'A path as JSON.';

create or replace function ledger_tree_asked(asked text) returns text language plpgsql stable as $$
declare
  here text := current_force();
begin
  if coalesce(asked, 'national') = 'national' then
    return '*';
  elsif asked = 'force' or asked = here then
    return here;
  elsif here <> 'national' or not exists (select from force f where f.force_id = asked) then
    perform refuse('SL404', 'not_found');
  end if;
  return asked;
end $$;
comment on function ledger_tree_asked(text) is
  'The tree that a request means: national (or none named), force (one''s own), or a force by its name; SL404 when it is not for the caller to see.';

create or replace function ledger_epoch_json(of_epoch int) returns jsonb language sql stable as $$
  select jsonb_build_object('number', e.epoch, 'name', e.name, 'beganAt', instant(e.began_at), 'reason', e.reason, 'previous', e.previous)
  from   ledger_epoch e where e.epoch = of_epoch
$$;
comment on function ledger_epoch_json(int) is 'An epoch as the API shows it.';

create or replace function ledger_key_line(id bytea) returns text language sql stable as $$
  select k.name || '+' || encode(k.key_id, 'hex') || '+' || base64('\x01' || k.public_key) from ledger_key k where k.key_id = id
$$;
comment on function ledger_key_line(bytea) is 'A public key as whoever verifies signed notes holds it (C2SP vkey).';

-- Lines of looks and of changes alike are for whoever audits the force. But to somebody whom a restricted case blocks, there is
-- no line that is of the case or of what belongs to it, or that tells who looked at it.
create or replace function ledger_line_is_barred(l ledger_line, barred uuid[]) returns boolean language sql stable as $$
  with named (id) as (
    select l.record_id union select (l.image ->> 'contact_id')::uuid union select (l.image ->> 'person_id')::uuid
    union select split_part(s.token, ':', 2)::uuid from regexp_split_to_table(l.seen, ' ') s (token) where split_part(s.token, ':', 2) ~ '^[0-9a-f-]{36}$'),
  known (id) as (
    select n.id from named n
    union select (c.image ->> 'contact_id')::uuid from named n join ledger_line c on c.force_id = l.force_id and c.record_id = n.id where c.image is not null)
  select coalesce(l.case_id = any (barred), false)
  or     exists (select from known k where k.id = any (barred)
                 or exists (select from ledger_line c where c.force_id = l.force_id and c.record_id = k.id and c.image is not null and c.case_id = any (barred))
                 or exists (select from contact_case c where c.force_id = l.force_id and c.contact_id = k.id and c.case_id = any (barred))
                 or exists (select from case_file c where c.force_id = l.force_id and k.id in (c.victim_id, c.perpetrator_id) and c.case_id = any (barred)))
$$;
comment on function ledger_line_is_barred(ledger_line, uuid[]) is 'Whether a line has to do with one of these cases.';

create or replace function ledger_line_asked(asked uuid) returns ledger_line language plpgsql stable as $$
declare
  here   text := current_force();
  barred uuid[] := coalesce(nullif(current_setting('secondlook.blocked', true), ''), '{}');
  l      ledger_line;
begin
  select t.* into l from force f join ledger_line t on t.force_id = f.force_id and t.line_id = asked
  where  here in (f.force_id, 'national') order by f.force_id limit 1;
  if not found and exists (select from force f join ledger_leaf t on t.force_id = f.force_id and t.line_id = asked where here in (f.force_id, 'national')) then
    perform refuse('SL500', 'ledger_damaged');
  elsif not found or barred <> '{}' and ledger_line_is_barred(l, barred) then
    perform refuse('SL404', 'not_found');
  elsif l.image is null and coalesce(current_setting('secondlook.purpose', true), '') = '' then
    perform refuse('SL422', 'purpose_required');
  end if;
  return l;
end $$;
comment on function ledger_line_asked(uuid) is
  'A line that the caller may have proved: of their force, of any for national bodies; one of a look only for a purpose (Data Protection Act 2018 section 62(4)).';

-- The first checkpoint that covers a leaf, so that the proof shows since when, and is the same whenever it is asked for.
create or replace function covering_checkpoint(of_epoch int, of_tree text, leaf_index bigint) returns ledger_checkpoint language plpgsql stable as $$
declare
  c ledger_checkpoint;
begin
  select k.* into c from ledger_checkpoint k where k.epoch = of_epoch and k.tree = of_tree and k.size > leaf_index order by k.size limit 1;
  if not found then
    perform refuse('SL409', 'not_sealed');
  end if;
  return c;
end $$;
comment on function covering_checkpoint(int, text, bigint) is 'The first signed head of a tree that covers a leaf; SL409 when none does yet.';

create or replace function ledger_line_proof(asked uuid)
returns table (line_id uuid, force text, epoch jsonb, leaf text, fields jsonb, members jsonb, leaf_index bigint, tree_size bigint,
               inclusion jsonb, checkpoint text, national_index bigint, national_size bigint, national_inclusion jsonb, national_checkpoint text)
language plpgsql stable security definer set search_path = public, pg_temp set enable_seqscan = off rows 1 as $$
#variable_conflict use_column
declare
  names text[] := '{force,lineId,recordedAt,kind,operation,actor,client,thumbprint,requestId,purpose,relation,recordId,version,caseId,occurredAt,status,seen}';
  l     ledger_line := ledger_line_asked(asked);
  f     ledger_leaf;
  c     ledger_checkpoint;
  n     ledger_checkpoint;
begin
  select t.* into f from ledger_leaf t where t.force_id = l.force_id and t.line_id = l.line_id;
  if not found then
    perform refuse('SL409', 'not_sealed');
  end if;
  c := covering_checkpoint(f.epoch, f.force_id, f.leaf_index);
  n := covering_checkpoint(c.epoch, '*', c.national_index);
  return query select l.line_id, l.force_id, ledger_epoch_json(f.epoch), base64(f.hash), jsonb_object(names, ledger_line_fields(l)),
    coalesce((select jsonb_agg(jsonb_build_object('name', m.name, 'hash', base64(m.hash)) order by m.name collate "C") from ledger_line_members(l) m), '[]'),
    f.leaf_index, c.size, base64_list(tree_inclusion(c.epoch, c.tree, c.size, f.leaf_index)), checkpoint_note(c),
    c.national_index, n.size, base64_list(tree_inclusion(n.epoch, '*', n.size, c.national_index)), checkpoint_note(n);
end $$;
comment on function ledger_line_proof(uuid) is 'What proves a line, without what it holds: see the API''s getLedgerLineProof.';

create or replace function ledger_consistency(of_tree text, of_epoch int, from_size bigint, to_size bigint)
returns table ("from" bigint, "to" bigint, epoch jsonb, proof jsonb, checkpoint_from text, checkpoint_to text)
language plpgsql stable security definer set search_path = public, pg_temp set enable_seqscan = off rows 1 as $$
declare
  wanted  text := ledger_tree_asked(of_tree);
  earlier ledger_checkpoint;
  later   ledger_checkpoint;
begin
  of_epoch := coalesce(of_epoch, (select max(e.epoch) from ledger_epoch e));
  select c.* into earlier from ledger_checkpoint c where c.epoch = of_epoch and c.tree = wanted and c.size = from_size;
  select c.* into later from ledger_checkpoint c where c.epoch = of_epoch and c.tree = wanted and c.size = coalesce(to_size, c.size) order by c.size desc limit 1;
  if earlier.size is null or later.size is null then
    return;
  elsif earlier.size > later.size then
    perform refuse_faults(jsonb_build_array(fault_at('query:from', 'too_large', 'It is the earlier of the two sizes.')));
  end if;
  return query select earlier.size, later.size, ledger_epoch_json(of_epoch), base64_list(tree_consistency(of_epoch, wanted, earlier.size, later.size)),
    checkpoint_note(earlier), checkpoint_note(later);
end $$;
comment on function ledger_consistency(text, int, bigint, bigint) is 'What shows that a later tree begins with an earlier one; no row when either was never signed.';

-- Its own lines are all that a request learns from this, and of them the hashes alone.
create or replace function receipt_leaves(of_force text, base uuid) returns table (line_id uuid, leaf text)
language sql stable security definer set search_path = public, pg_temp set enable_seqscan = off as $$
  select l.line_id, base64(ledger_line_leaf(l)) from ledger_line l
  where  l.force_id = of_force and l.line_id >= overlay(base::text placing '0000' from 33)::uuid and l.line_id <= overlay(base::text placing 'ffff' from 33)::uuid
  order  by l.line_id limit 1000
$$;
comment on function receipt_leaves(text, uuid) is 'The lines of one request and their leaves, for its signed receipt.';

grant execute on function leaf_text(text) to secondlook_eraser;
grant execute on function base64(bytea), ledger_tree_asked(text), ledger_epoch_json(int), ledger_key_line(bytea), ledger_line_proof(uuid),
  ledger_consistency(text, int, bigint, bigint), receipt_leaves(text, uuid) to secondlook_app;
