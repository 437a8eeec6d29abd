-- Who has seen which version of what, spread from the lines of looks.

do $$
begin
  if not exists (select from pg_roles where rolname = 'secondlook_auditor') then
    create role secondlook_auditor nologin noinherit;
  end if;
end $$;
grant usage on schema public to secondlook_auditor;

create table seen (
  force_id  text collate "C" not null,
  record_id uuid not null,
  relation  text collate "C" not null,
  version   int not null,
  line_id   uuid not null,
  primary key (force_id, record_id, line_id, relation, version)
);
comment on table seen is 'Which version of which record a look showed; spread off the request''s path from the lines of looks.';
comment on column seen.force_id is 'Force.';
comment on column seen.record_id is 'The record.';
comment on column seen.relation is 'What kind of record; a case, its grades and its restriction share an identifier.';
comment on column seen.version is 'The version that was shown.';
comment on column seen.line_id is 'The line of the look: who, when, by which operation and client.';

create table seen_horizon (
  only_row boolean primary key default true check (only_row),
  position bigint not null,
  spread_at timestamptz
);
comment on table seen_horizon is 'How far the looks have been spread.';
comment on column seen_horizon.only_row is 'There is one row.';
comment on column seen_horizon.position is 'The last position of ledger_order whose look is in seen.';
comment on column seen_horizon.spread_at is 'When it last moved on.';
insert into seen_horizon (position) values (0);

create index missed_opportunity_of_contact on missed_opportunity (force_id, contact_id, recorded_at, opportunity_id) where contact_id is not null;
