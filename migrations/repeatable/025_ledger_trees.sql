-- What is signed and hashed of the ledger's trees, as text; who may read them and who grows them.

create or replace function ledger_origin(epoch_name text, tree text) returns text language sql immutable parallel safe
  return 'secondlook/' || epoch_name || case when tree = '*' then '' else '/' || tree end;
comment on function ledger_origin(text, text) is 'The first line of a checkpoint: which tree, of which epoch.';

create or replace function ledger_epoch_text(e ledger_epoch) returns text language sql stable as
  $$ select 'secondlook-epoch-v1' || E'\n' || e.name || E'\n' || instant(e.began_at) || E'\n' || e.reason || E'\n' || coalesce(e.previous, '') $$;
comment on function ledger_epoch_text(ledger_epoch) is 'The national tree''s first leaf: an epoch''s beginning, with the last signed note of the one before.';

create or replace function checkpoint_text(epoch_name text, tree text, size bigint, root bytea, signed_at timestamptz) returns text
language sql stable as
  $$ select ledger_origin(epoch_name, tree) || E'\n' || size || E'\n' || encode(root, 'base64') || E'\n' || instant(signed_at) || E'\n' $$;
comment on function checkpoint_text(text, text, bigint, bytea, timestamptz) is
  'What is signed (C2SP tlog-checkpoint): origin, size, root, and one extension line, the moment. With 00 before it, hashed, a leaf of the national tree.';

create or replace function checkpoint_note(c ledger_checkpoint) returns text language sql stable as $$
  select checkpoint_text(e.name, c.tree, c.size, c.root, c.signed_at) || E'\n— ' || k.name || ' ' || translate(encode(c.key_id || c.signature, 'base64'), E'\n', '') || E'\n'
  from   ledger_epoch e, ledger_key k
  where  e.epoch = c.epoch and k.key_id = c.key_id
$$;
comment on function checkpoint_note(ledger_checkpoint) is 'The signed note (C2SP signed-note) of a checkpoint.';

grant execute on function ledger_origin(text, text), ledger_epoch_text(ledger_epoch), checkpoint_note(ledger_checkpoint),
  checkpoint_text(text, text, bigint, bytea, timestamptz), instant(timestamptz) to secondlook_app, secondlook_sealer, secondlook_verifier;

-- The sealer adds and never takes away; only a tree's head and its own progress move on.
grant select, insert on ledger_key, ledger_epoch, ledger_leaf, ledger_subtree, ledger_checkpoint to secondlook_sealer;
grant select, insert, update on ledger_tree to secondlook_sealer;
grant select, update on ledger_sealed to secondlook_sealer;
grant select on ledger_line, ledger_order, ledger_horizon to secondlook_sealer;
grant select on ledger_key, ledger_epoch, ledger_tree, ledger_leaf, ledger_subtree, ledger_checkpoint, ledger_sealed, ledger_line,
  ledger_order, ledger_horizon to secondlook_verifier;
grant select on ledger_key, ledger_epoch, ledger_tree, ledger_leaf, ledger_subtree, ledger_checkpoint, ledger_sealed to secondlook_app;

do $$
declare
  name text;
begin
  foreach name in array array['ledger_line', 'ledger_order', 'ledger_leaf', 'ledger_tree', 'ledger_subtree', 'ledger_checkpoint'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('drop policy if exists all_sealed on %I', name);
    execute format('create policy all_sealed on %I for select to secondlook_sealer, secondlook_verifier using (true)', name);
  end loop;
  foreach name in array array['ledger_leaf', 'ledger_tree', 'ledger_subtree', 'ledger_checkpoint'] loop
    execute format('drop policy if exists sealed on %I', name);
    execute format('create policy sealed on %I for insert to secondlook_sealer with check (true)', name);
    execute format('drop policy if exists own_force on %I', name);
    execute format('create policy own_force on %I for select to secondlook_app using (%s in (%s(select current_force())) or (select current_force()) = ''national'')',
                   name, case name when 'ledger_leaf' then 'force_id' else 'tree' end, case name when 'ledger_leaf' then '' else '''*'', ' end);
  end loop;
  drop policy if exists grown on ledger_tree;
  create policy grown on ledger_tree for update to secondlook_sealer using (true) with check (true);
end $$;
