-- The ledger's trees: epochs, leaves, subtrees, signed checkpoints; and what an erasure leaves of a line.

do $$
declare
  role_name text;
begin
  foreach role_name in array array['secondlook_sealer', 'secondlook_verifier'] loop
    if not exists (select from pg_roles where rolname = role_name) then
      execute format('create role %I login noinherit', role_name);
    end if;
  end loop;
  if not exists (select from pg_roles where rolname = 'secondlook_eraser') then
    create role secondlook_eraser nologin noinherit;
  end if;
end $$;
grant usage on schema public to secondlook_sealer, secondlook_verifier, secondlook_eraser;

create table ledger_key (
  key_id        bytea primary key check (octet_length(key_id) = 4),
  name          text collate "C" not null check (name ~ '^[^ +]{1,100}$'),
  public_key    bytea not null check (octet_length(public_key) = 32),
  first_used_at timestamptz not null default clock_timestamp()
);
comment on table ledger_key is 'Ed25519 keys that have signed checkpoints; their private halves are never here.';
comment on column ledger_key.key_id is 'As in a signed note: the first four bytes of SHA-256(name, line feed, 01, public key).';
comment on column ledger_key.name is 'Name of the signer in a signed note.';
comment on column ledger_key.public_key is 'The raw 32 bytes.';
comment on column ledger_key.first_used_at is 'When the sealer first signed with it.';

create table ledger_epoch (
  epoch             int primary key check (epoch > 0),
  name              text collate "C" not null unique check (name ~ '^[0-9a-f]{16}$'),
  began_at          timestamptz not null,
  reason            text collate "C" not null check (reason in ('created', 'restored', 'rolled_back')),
  system_identifier bigint not null,
  timeline          int not null,
  previous          text
);
comment on table ledger_epoch is 'A run of trees without a break; a restored or rolled back database begins another, linked to the one before.';
comment on column ledger_epoch.epoch is 'From 1, without gaps.';
comment on column ledger_epoch.name is 'Random, part of every origin: no two epochs anywhere sign for the same tree.';
comment on column ledger_epoch.began_at is 'When it began.';
comment on column ledger_epoch.reason is 'Why it began.';
comment on column ledger_epoch.system_identifier is 'Of the cluster it lives in.';
comment on column ledger_epoch.timeline is 'Of the cluster''s write-ahead log when it began; another one begins another epoch.';
comment on column ledger_epoch.previous is 'The last national signed note that the sealer knew of the epoch before; null for the first.';

create table ledger_tree (
  epoch    int not null references ledger_epoch,
  tree     text collate "C" not null,
  size     bigint not null,
  root     bytea not null check (octet_length(root) = 32),
  frontier bytea not null check (octet_length(frontier) % 32 = 0),
  primary key (epoch, tree)
);
comment on table ledger_tree is 'Each tree as it stands: where the sealer goes on.';
comment on column ledger_tree.epoch is 'Epoch.';
comment on column ledger_tree.tree is 'A force, or * for the national tree, whose leaves are the epoch''s beginning and then forces'' checkpoints.';
comment on column ledger_tree.size is 'Leaves.';
comment on column ledger_tree.root is 'RFC 6962 root of all leaves.';
comment on column ledger_tree.frontier is 'Roots of the complete subtrees it consists of, 32 bytes each, the largest first.';

create table ledger_leaf (
  force_id   text collate "C" not null,
  epoch      int not null,
  leaf_index bigint not null,
  line_id    uuid not null,
  hash       bytea not null,
  primary key (force_id, epoch, leaf_index)
);
create unique index ledger_leaf_line on ledger_leaf (force_id, line_id);
comment on table ledger_leaf is 'The leaf of every sealed line.';
comment on column ledger_leaf.force_id is 'Force, and so its tree.';
comment on column ledger_leaf.epoch is 'Epoch.';
comment on column ledger_leaf.leaf_index is 'Place in the tree, from 0 without gaps.';
comment on column ledger_leaf.line_id is 'The line.';
comment on column ledger_leaf.hash is 'Its leaf hash.';

create table ledger_subtree (
  epoch         int not null,
  tree          text collate "C" not null,
  level         int not null check (level in (8, 16, 24, 32)),
  subtree_index bigint not null,
  hash          bytea not null,
  primary key (epoch, tree, level, subtree_index)
);
comment on table ledger_subtree is 'Roots of complete subtrees of 256, 65,536, … leaves: proofs read a few hundred hashes whatever a tree''s size.';
comment on column ledger_subtree.epoch is 'Epoch.';
comment on column ledger_subtree.tree is 'As in ledger_tree.';
comment on column ledger_subtree.level is 'Its height: 2^level leaves.';
comment on column ledger_subtree.subtree_index is 'It covers the leaves from subtree_index × 2^level on.';
comment on column ledger_subtree.hash is 'Its root.';

create table ledger_checkpoint (
  epoch          int not null,
  tree           text collate "C" not null,
  size           bigint not null,
  root           bytea not null,
  signed_at      timestamptz not null,
  key_id         bytea not null references ledger_key,
  signature      bytea not null check (octet_length(signature) = 64),
  national_index bigint check ((tree = '*') = (national_index is null)),
  primary key (epoch, tree, size)
);
create unique index ledger_checkpoint_national on ledger_checkpoint (epoch, national_index) where national_index is not null;
comment on table ledger_checkpoint is 'Signed heads. The note that was signed is made from these columns: checkpoint_note().';
comment on column ledger_checkpoint.epoch is 'Epoch.';
comment on column ledger_checkpoint.tree is 'As in ledger_tree.';
comment on column ledger_checkpoint.size is 'Leaves it covers.';
comment on column ledger_checkpoint.root is 'Their root.';
comment on column ledger_checkpoint.signed_at is 'When it was signed; part of what was signed.';
comment on column ledger_checkpoint.key_id is 'With which key.';
comment on column ledger_checkpoint.signature is 'Ed25519, over the note''s text.';
comment on column ledger_checkpoint.national_index is 'The leaf of the national tree that this head of a force is; null for the national tree''s own.';

create table ledger_sealed (
  only_row  boolean primary key default true check (only_row),
  epoch     int not null,
  position  bigint not null,
  sealed_at timestamptz
);
insert into ledger_sealed (epoch, position) values (0, 0);
comment on table ledger_sealed is 'How far the sealer has come.';
comment on column ledger_sealed.only_row is 'There is one row.';
comment on column ledger_sealed.epoch is 'Epoch it seals into; 0: none has begun.';
comment on column ledger_sealed.position is 'The last position of ledger_order that has its leaf.';
comment on column ledger_sealed.sealed_at is 'When that was.';

alter table ledger_line add column erased jsonb;
comment on column ledger_line.erased is 'Members that were erased: name → hash (hexadecimal, still in the leaf), at, authority. Their values and salts are gone.';
