-- What the sealer's passes read and write: a transaction to look, a transaction to seal.

create or replace function wal_timeline() returns int language sql stable
  return ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int;
comment on function wal_timeline() is 'The timeline that is being written now; the control file learns of a new one only at the next checkpoint.';

-- Stable in name, so that it becomes part of a prepared statement and isn't planned at every pass. The oldest line that waits: the next
-- one to seal or, where all that have a position are sealed, the first without.
create or replace function seal_state() returns table
  (epoch int, sealed bigint, ordered bigint, national_size bigint, national_root text, is_elsewhere boolean, lag_us bigint)
language sql stable as $$
  select s.epoch, s.position, h.position, t.size, encode(t.root, 'hex'),
         (select c.system_identifier from pg_control_system() c) <> e.system_identifier or wal_timeline() <> e.timeline,
         greatest(0, extract(epoch from clock_timestamp() - coalesce(
           (select l.recorded_at from ledger_order o join ledger_line l on l.force_id = o.force_id and l.line_id = o.line_id
            where  o.position = s.position + 1),
           (select min(l.recorded_at) from ledger_line l where l.xid >= h.next_xid),
           clock_timestamp())) * 1000000)::bigint
  from   ledger_sealed s cross join ledger_horizon h left join ledger_epoch e on e.epoch = s.epoch
  left   join ledger_tree t on t.epoch = s.epoch and t.tree = '*'
$$;
comment on function seal_state() is
  'How far the database says the sealer has come, which is compared with its own memory; whether the epoch began in another cluster or timeline.';

-- The lines' columns are those of lib/ledger/line.h, as types that the program prints itself (lib/db/binary.c), which costs the server
-- less; so the salts come as text. A line that is gone leaves its position, with nothing else. A batch ends before
-- it is too large to hold: bytes are as stored.
create or replace function lines_to_seal(after bigint, most int, most_bytes bigint, ask_whether_sealed boolean) returns table
  (line_position bigint, is_sealed boolean, force_id text, line_id uuid, recorded_at timestamptz, kind text, operation text, actor text,
   client text, thumbprint text, request_id uuid, purpose text, relation text, record_id uuid, version int, case_id uuid,
   occurred_at timestamptz, status int, seen text, image jsonb, salts text, erased jsonb)
language sql stable as $$
  select w.position, case when ask_whether_sealed then exists (select from ledger_leaf f where f.force_id = w.force_id and f.line_id = w.line_id) else false end,
         w.force_id, w.line_id, w.recorded_at, w.kind, w.operation, w.actor, w.client, w.thumbprint, w.request_id, w.purpose, w.relation,
         w.record_id, w.version, w.case_id, w.occurred_at, w.status, w.seen, w.image, '\x' || encode(w.salts, 'hex'), w.erased
  from  (select o.position, o.force_id, o.line_id, l.recorded_at, l.kind, l.operation, l.actor, l.client, l.thumbprint, l.request_id, l.purpose,
                l.relation, l.record_id, l.version, l.case_id, l.occurred_at, l.status, l.seen, l.image, l.salts, l.erased,
                sum(coalesce(pg_column_size(l.image), 0) + coalesce(pg_column_size(l.seen), 0))
                  over (order by o.position rows between unbounded preceding and 1 preceding) as bytes_before
         from  (select * from ledger_order where position > after order by position limit most) o
         left   join ledger_line l on l.force_id = o.force_id and l.line_id = o.line_id) w
  where  coalesce(w.bytes_before, 0) < most_bytes
  order  by w.position
$$;
comment on function lines_to_seal(bigint, int, bigint, boolean) is 'The next lines in the ledger''s order, as they are hashed.';

create or replace function seal_head(head_epoch text, head_size bigint, head_root bytea) returns table
  (is_known boolean, epoch_name text, last_epoch int, system_identifier bigint, timeline int, note text, signed_at timestamptz)
language sql volatile as $$
  select exists (select from ledger_epoch k join ledger_checkpoint c on c.epoch = k.epoch and c.tree = '*'
                 where  k.name = head_epoch and c.size = head_size and c.root = head_root),
         e.name, coalesce((select max(m.epoch) from ledger_epoch m), 0), (select p.system_identifier from pg_control_system() p), wal_timeline(),
         checkpoint_note(c), c.signed_at
  from   ledger_sealed s
  left   join ledger_epoch e on e.epoch = s.epoch
  left   join lateral (select * from ledger_checkpoint l where l.epoch = s.epoch and l.tree = '*' order by l.size desc limit 1) c on true
$$;
comment on function seal_head(text, bigint, bytea) is 'Whether the last head that the sealer remembers is in the database; the epoch, and its last head.';

create or replace function seal_trees() returns table (tree text, size bigint, root text, frontier text, is_signed boolean)
language sql stable as $$
  select t.tree, t.size, encode(t.root, 'hex'), encode(t.frontier, 'hex'),
         exists (select from ledger_checkpoint c where c.epoch = t.epoch and c.tree = t.tree and c.size = t.size and c.root = t.root)
         and not exists (select from ledger_checkpoint c where c.epoch = t.epoch and c.tree = t.tree and c.size > t.size)
  from   ledger_sealed s join ledger_tree t on t.epoch = s.epoch
$$;
comment on function seal_trees() is 'The trees to go on with, each with whether its last signed head is this one.';

create or replace function seal_with(key bytea, signer text, public_half bytea) returns void language sql volatile as $$
  insert into ledger_key (key_id, name, public_key) values (key, signer, public_half) on conflict do nothing
$$;
comment on function seal_with(bytea, text, bytea) is 'Notes the key that will sign.';

-- In one transaction; false: another has sealed meanwhile. Hashes of all rows come as one value, 32 bytes (signatures: 64) each.
create or replace function seal(
  of_epoch int, before bigint, upto bigint, signed timestamptz, key bytea,
  leaf_forces text[], leaf_indexes bigint[], leaf_lines uuid[], leaf_hashes bytea,
  subtree_trees text[], subtree_levels int[], subtree_indexes bigint[], subtree_hashes bytea,
  head_trees text[], head_sizes bigint[], head_nationals bigint[], head_frontiers bytea[], head_roots bytea, head_signatures bytea) returns boolean
language plpgsql volatile as $$
begin
  update ledger_sealed set position = upto, sealed_at = signed where epoch = of_epoch and position = before;
  if not found then
    return false;
  end if;
  insert into ledger_leaf (force_id, epoch, leaf_index, line_id, hash)
  select force, of_epoch, leaf_index, line, substring(leaf_hashes from (n::int - 1) * 32 + 1 for 32)
  from   unnest(leaf_forces, leaf_indexes, leaf_lines) with ordinality as leaf(force, leaf_index, line, n);
  insert into ledger_subtree (epoch, tree, level, subtree_index, hash)
  select of_epoch, tree, level, subtree_index, substring(subtree_hashes from (n::int - 1) * 32 + 1 for 32)
  from   unnest(subtree_trees, subtree_levels, subtree_indexes) with ordinality as subtree(tree, level, subtree_index, n);
  insert into ledger_tree (epoch, tree, size, root, frontier)
  select of_epoch, tree, size, substring(head_roots from (n::int - 1) * 32 + 1 for 32), frontier
  from   unnest(head_trees, head_sizes, head_frontiers) with ordinality as head(tree, size, frontier, n)
  on     conflict (epoch, tree) do update set size = excluded.size, root = excluded.root, frontier = excluded.frontier;
  insert into ledger_checkpoint (epoch, tree, size, root, signed_at, key_id, signature, national_index)
  select of_epoch, tree, size, substring(head_roots from (n::int - 1) * 32 + 1 for 32), signed, key,
         substring(head_signatures from (n::int - 1) * 64 + 1 for 64), national
  from   unnest(head_trees, head_sizes, head_nationals) with ordinality as head(tree, size, national, n);
  return true;
end $$;
comment on function seal(int, bigint, bigint, timestamptz, bytea, text[], bigint[], uuid[], bytea, text[], int[], bigint[], bytea, text[], bigint[], bigint[], bytea[], bytea, bytea) is
  'Writes what a pass of the sealer has made of the lines after one position, up to another.';

create or replace function begin_epoch(
  following int, sealed bigint, number int, epoch_name text, began timestamptz, why text, cluster bigint, on_timeline int, last_note text,
  key bytea, first_root bytea, first_signature bytea) returns boolean
language plpgsql volatile as $$
begin
  update ledger_sealed set epoch = number, sealed_at = began where epoch = following and position = sealed;
  if not found then
    return false;
  end if;
  insert into ledger_epoch (epoch, name, began_at, reason, system_identifier, timeline, previous)
  values (number, epoch_name, began, why, cluster, on_timeline, last_note);
  insert into ledger_tree (epoch, tree, size, root, frontier) values (number, '*', 1, first_root, first_root);
  insert into ledger_checkpoint (epoch, tree, size, root, signed_at, key_id, signature) values (number, '*', 1, first_root, began, key, first_signature);
  return true;
end $$;
comment on function begin_epoch(int, bigint, int, text, timestamptz, text, bigint, int, text, bytea, bytea, bytea) is
  'Begins an epoch whose national tree has one leaf, its beginning; lines not yet sealed will be sealed in it.';

grant execute on function wal_timeline(), seal_state(), lines_to_seal(bigint, int, bigint, boolean), seal_head(text, bigint, bytea),
  seal_trees(), seal_with(bytea, text, bytea), begin_epoch(int, bigint, int, text, timestamptz, text, bigint, int, text, bytea, bytea, bytea),
  seal(int, bigint, bigint, timestamptz, bytea, text[], bigint[], uuid[], bytea, text[], int[], bigint[], bytea, text[], bigint[], bigint[], bytea[], bytea, bytea)
  to secondlook_sealer;

-- Heads in the order they were signed: a pass's forces first (at twice the number of their leaf in the national tree), then the nation.
create or replace function heads_after(after_epoch text, after_place bigint, most int) returns table
  (epoch_name text, place bigint, tree text, size bigint, note text)
language plpgsql stable as $$
declare
  of_epoch int := (select e.epoch from ledger_epoch e where e.name = after_epoch);
  from_place bigint := case when of_epoch is null then 0 else after_place end;
begin
  of_epoch := coalesce(of_epoch, (select min(e.epoch) from ledger_epoch e));
  while of_epoch is not null loop
    return query
    select e.name, h.place, (h.c).tree, (h.c).size, checkpoint_note(h.c)
    from  (select * from (
             (select 2 * c.national_index as place, c from ledger_checkpoint c
              where  c.epoch = of_epoch and c.national_index > from_place / 2 order by c.national_index limit most)
             union all
             (select 2 * c.size - 1, c from ledger_checkpoint c
              where  c.epoch = of_epoch and c.tree = '*' and c.size > (from_place + 1) / 2 order by c.size limit most)) b
           order by b.place limit most) h
    join   ledger_epoch e on e.epoch = of_epoch
    order  by h.place;
    exit when found;
    of_epoch := (select min(e.epoch) from ledger_epoch e where e.epoch > of_epoch);
    from_place := 0;
  end loop;
end $$;
comment on function heads_after(text, bigint, int) is 'The next signed notes to publish, after a place in an epoch; from the beginning when the epoch is none of ours.';
grant execute on function heads_after(text, bigint, int) to secondlook_verifier;
