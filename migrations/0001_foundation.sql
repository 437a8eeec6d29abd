-- Roles, context, identity, the ledger: what every other table stands on.

create extension if not exists pgcrypto;
create extension if not exists fuzzystrmatch;

do $$
declare
  role_name text;
begin
  foreach role_name in array array['secondlook_app', 'secondlook_gate', 'secondlook_sequencer'] loop
    if not exists (select from pg_roles where rolname = role_name) then
      execute format('create role %I login noinherit', role_name);
    end if;
  end loop;
  foreach role_name in array array['secondlook_ledger', 'secondlook_identity'] loop
    if not exists (select from pg_roles where rolname = role_name) then
      execute format('create role %I nologin noinherit', role_name);
    end if;
  end loop;
end $$;

revoke create on schema public from public;
grant usage on schema public
   to secondlook_app, secondlook_gate, secondlook_sequencer, secondlook_ledger, secondlook_identity;
alter default privileges revoke execute on functions from public;

-- Context: what enter() sets for one transaction. After a commit a local setting is '', not null.

create function current_force() returns text language sql stable parallel safe
  return nullif(current_setting('secondlook.force', true), '');
comment on function current_force() is 'The force this transaction acts for; null outside a request.';

create function current_actor() returns text language sql stable parallel safe
  return coalesce(nullif(current_setting('secondlook.actor', true), ''), 'db:' || session_user);
comment on function current_actor() is 'Staff reference, or client:<name> of a system, or db:<role> outside a request.';

create function current_staff_roles() returns text[] language sql stable parallel safe
  return coalesce(nullif(current_setting('secondlook.roles', true), ''), '{}')::text[];
comment on function current_staff_roles() is 'Roles in effect: the staff member''s that the client may use.';

create function domain_now() returns timestamptz language sql stable parallel safe
  return coalesce(nullif(current_setting('secondlook.now', true), '')::timestamptz, statement_timestamp());
comment on function domain_now() is 'Now, as every rule reads it; a sandbox force may have a clock of its own.';

create function hidden_cases() returns uuid[] language sql stable parallel safe
  return coalesce(nullif(current_setting('secondlook.hidden', true), ''), '{}')::uuid[];
comment on function hidden_cases() is 'Restricted cases whose content this transaction may not see.';

grant execute on function current_force(), current_actor(), current_staff_roles(), domain_now(), hidden_cases()
   to secondlook_app, secondlook_gate, secondlook_sequencer, secondlook_ledger, secondlook_identity;

-- Forces, clients, staff, settings.

create table force (
  force_id     text collate "C" primary key check (force_id ~ '^[a-z][a-z0-9-]{1,39}$'),
  name         text not null,
  region       text,
  pilot        boolean not null default false,
  sandbox      boolean not null default false,
  clock_offset interval not null default '0',
  constraint force_clock_only_in_sandbox check (sandbox or clock_offset = '0')
);
comment on table force is 'A police force, or "national" for bodies that stand above them.';
comment on column force.force_id is 'Short name, as in client certificates; leads every key.';
comment on column force.name is 'Name for people.';
comment on column force.region is 'Region of England or Wales.';
comment on column force.pilot is 'One of the five forces that began with specialists in the control room.';
comment on column force.sandbox is 'Holds invented people only; its clock may be set.';
comment on column force.clock_offset is 'What a sandbox adds to real time.';

create table client (
  force_id   text collate "C" not null references force,
  client_id  uuid not null,
  uri        text collate "C" not null,
  name       text not null,
  roles      text[] not null,
  acts_alone boolean not null default false,
  enabled    boolean not null default true,
  version    int not null default 1,
  changed_by text not null default current_actor(),
  changed_at timestamptz not null default domain_now(),
  primary key (force_id, client_id),
  constraint client_uri_unique unique (uri),
  constraint client_uri_names_force check (uri = 'spiffe://secondlook/force/' || force_id || '/client/' || name)
);
comment on table client is 'A program that may connect, known by the URI of its certificate.';
comment on column client.force_id is 'Force it belongs to.';
comment on column client.client_id is 'Identifier.';
comment on column client.uri is 'The one URI subject alternative name of its certificate.';
comment on column client.name is 'Last part of the URI.';
comment on column client.roles is 'Most that staff may do through it; what it may do itself when it acts alone.';
comment on column client.acts_alone is 'A system that acts as itself, without On-Behalf-Of.';
comment on column client.enabled is 'Off: every request is refused at once.';
comment on column client.version is 'Rises with every change.';
comment on column client.changed_by is 'Who changed it last.';
comment on column client.changed_at is 'When it was changed last.';

create table staff (
  force_id   text collate "C" not null references force,
  staff_id   uuid not null,
  reference  text collate "C" not null check (reference ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$'),
  name       text,
  roles      text[] not null check (cardinality(roles) > 0),
  enabled    boolean not null default true,
  version    int not null default 1,
  changed_by text not null default current_actor(),
  changed_at timestamptz not null default domain_now(),
  primary key (force_id, staff_id),
  constraint staff_reference_unique unique (force_id, reference)
);
comment on table staff is 'A member of staff whom a front end acts for.';
comment on column staff.force_id is 'Force.';
comment on column staff.staff_id is 'Identifier.';
comment on column staff.reference is 'What On-Behalf-Of carries and records name, e.g. a collar number.';
comment on column staff.name is 'Name for people; may be left out.';
comment on column staff.roles is 'call_handler, dispatcher, officer, specialist, supervisor, analyst, administrator, auditor.';
comment on column staff.enabled is 'Off: every request is refused at once.';
comment on column staff.version is 'Rises with every change.';
comment on column staff.changed_by is 'Who changed it last.';
comment on column staff.changed_at is 'When it was changed last.';

create table setting_definition (
  name          text collate "C" primary key,
  default_value jsonb not null,
  description   text not null
);
comment on table setting_definition is 'Every threshold there is, with its default.';
comment on column setting_definition.name is 'Name, e.g. lease_minutes.';
comment on column setting_definition.default_value is 'In force where a force has set nothing.';
comment on column setting_definition.description is 'What it decides, its unit and its source.';

create table setting (
  force_id       text collate "C" not null references force,
  setting_id     uuid not null,
  name           text collate "C" not null,
  value          jsonb not null,
  effective_from timestamptz not null,
  reason         text not null,
  recorded_by    text not null default current_actor(),
  recorded_at    timestamptz not null default domain_now(),
  version        int not null default 1,
  primary key (force_id, setting_id),
  constraint setting_name_known foreign key (name) references setting_definition
);
create index setting_in_effect on setting (force_id, name, effective_from desc, recorded_at desc);
comment on table setting is 'A force''s own value of a setting from a moment on; never edited.';
comment on column setting.force_id is 'Force.';
comment on column setting.setting_id is 'Identifier.';
comment on column setting.name is 'Which setting.';
comment on column setting.value is 'Its value.';
comment on column setting.effective_from is 'From when it counts.';
comment on column setting.reason is 'Why it was set.';
comment on column setting.recorded_by is 'Who set it.';
comment on column setting.recorded_at is 'When it was recorded.';
comment on column setting.version is 'Always 1.';

create table service_secret (
  name  text primary key,
  value bytea not null
);
comment on table service_secret is 'Keys that all servers on this database share.';
comment on column service_secret.name is 'What for: cursor.';
comment on column service_secret.value is 'The key.';
insert into service_secret values ('cursor', gen_random_bytes(32));

create table idempotency_claim (
  force_id   text collate "C" not null,
  client     text collate "C" not null,
  actor      text collate "C" not null,
  operation  text collate "C" not null,
  key        text collate "C" not null,
  body_hash  text collate "C" not null,
  location   text not null,
  claimed_at timestamptz not null default clock_timestamp(),
  primary key (force_id, client, actor, operation, key)
);
create index idempotency_claim_age on idempotency_claim (claimed_at);
comment on table idempotency_claim is 'Idempotency keys used, each committed with the record it made; kept at least 24 hours.';
comment on column idempotency_claim.force_id is 'Force.';
comment on column idempotency_claim.client is 'Client''s name.';
comment on column idempotency_claim.actor is 'Who acted.';
comment on column idempotency_claim.operation is 'operationId.';
comment on column idempotency_claim.key is 'Idempotency-Key as sent.';
comment on column idempotency_claim.body_hash is 'SHA-256 of path and body.';
comment on column idempotency_claim.location is 'Path of the record it made.';
comment on column idempotency_claim.claimed_at is 'Real time.';

create table machine_move (
  machine text collate "C" not null,
  "from"  text collate "C" not null,
  "to"    text collate "C" not null,
  roles   text[] not null,
  reason_required boolean not null default false,
  primary key (machine, "from", "to")
);
comment on table machine_move is 'Every legal move of every state machine, and who may make it.';
comment on column machine_move.machine is 'case, review_item, referral, …';
comment on column machine_move."from" is 'State before.';
comment on column machine_move."to" is 'State after.';
comment on column machine_move.roles is 'Who may make it; empty: only the service itself.';
comment on column machine_move.reason_required is 'Whether it needs a reason.';

-- The ledger. A line's identifier is a UUIDv7, so that months are ranges of it and a look-up by it goes to one partition.

create function month_as_uuid(moment timestamptz) returns uuid language sql immutable parallel safe
  return (lpad(to_hex((extract(epoch from date_trunc('month', moment at time zone 'UTC') at time zone 'UTC') * 1000)::bigint), 12, '0')
          || '00000000000000000000')::uuid;
comment on function month_as_uuid(timestamptz) is 'The least UUIDv7 of the month that holds a moment.';

create table ledger_line (
  force_id    text collate "C" not null,
  line_id     uuid not null,
  recorded_at timestamptz not null default clock_timestamp(),
  kind        text collate "C" not null
              check (kind in ('collection', 'alteration', 'consultation', 'disclosure', 'combination', 'erasure')),
  operation   text collate "C" not null,
  actor       text collate "C" not null,
  client      text collate "C",
  thumbprint  text collate "C",
  request_id  uuid,
  purpose     text,
  relation    text collate "C",
  record_id   uuid,
  version     int,
  case_id     uuid,
  occurred_at timestamptz,
  image       jsonb compression lz4,
  salts       bytea,
  status      int,
  seen        text compression lz4,
  duration_us int,
  xid         xid8 not null default pg_current_xact_id(),
  primary key (force_id, line_id)
) partition by range (line_id);
create table ledger_line_other partition of ledger_line default;
create index ledger_line_xid on ledger_line (xid);
create index ledger_line_record on ledger_line (force_id, record_id, version) where image is not null;
create index ledger_line_case on ledger_line (force_id, case_id, relation, record_id, version) where image is not null;
comment on table ledger_line is 'Every look and every change; append-only. Lines with an image are changes, the others are looks and refusals.';
comment on column ledger_line.force_id is 'Whose records.';
comment on column ledger_line.line_id is 'UUIDv7; all lines of one request share all but the last four digits.';
comment on column ledger_line.recorded_at is 'Real time, never a sandbox''s.';
comment on column ledger_line.kind is 'Data Protection Act 2018 section 62.';
comment on column ledger_line.operation is 'operationId, or "direct" outside a request.';
comment on column ledger_line.actor is 'Staff reference, client:<name>, or db:<role>.';
comment on column ledger_line.client is 'Client''s name.';
comment on column ledger_line.thumbprint is 'SHA-256 of the client''s certificate.';
comment on column ledger_line.request_id is 'X-Request-Id of the request.';
comment on column ledger_line.purpose is 'Why it was looked at or disclosed, where given.';
comment on column ledger_line.relation is 'What kind of record changed.';
comment on column ledger_line.record_id is 'The record changed, or the one a refusal named.';
comment on column ledger_line.version is 'Its version after the change.';
comment on column ledger_line.case_id is 'The case the record belongs to.';
comment on column ledger_line.occurred_at is 'When what it tells of happened.';
comment on column ledger_line.image is 'The record after the change.';
comment on column ledger_line.salts is '16 random bytes for each member of the image, members in C order.';
comment on column ledger_line.status is 'HTTP status of a look or a refusal.';
comment on column ledger_line.seen is 'What a look showed: kind:id:version, separated by spaces.';
comment on column ledger_line.duration_us is 'How long the request took until its line was written.';
comment on column ledger_line.xid is 'Transaction, for the sequencer.';

create table ledger_order (
  position bigint primary key,
  force_id text collate "C" not null,
  line_id  uuid not null,
  changes  boolean not null
);
create index ledger_order_changes on ledger_order (force_id, position) include (line_id) where changes;
comment on table ledger_order is 'The one order of all lines; written by the sequencer, never ahead of an open transaction.';
comment on column ledger_order.position is 'Without gaps, from 1.';
comment on column ledger_order.force_id is 'Of the line.';
comment on column ledger_order.line_id is 'The line.';
comment on column ledger_order.changes is 'Whether it is a line of change.';

create table ledger_horizon (
  only_row          boolean primary key default true check (only_row),
  next_xid          xid8 not null,
  position          bigint not null,
  epoch             int not null default 1,
  system_identifier bigint not null
);
comment on table ledger_horizon is 'How far the sequencer has come.';
comment on column ledger_horizon.only_row is 'There is one row.';
comment on column ledger_horizon.next_xid is 'Lines of transactions below it have their position.';
comment on column ledger_horizon.position is 'The last position given.';
comment on column ledger_horizon.epoch is 'Rises when the database was restored elsewhere.';
comment on column ledger_horizon.system_identifier is 'Of the cluster the transaction numbers belong to.';
insert into ledger_horizon (next_xid, position, system_identifier)
select '0', 0, system_identifier from pg_control_system();

create table question_set (
  name        text collate "C" not null,
  version     int not null,
  document    jsonb not null,
  recorded_at timestamptz not null default clock_timestamp(),
  primary key (name, version)
);
comment on table question_set is 'A versioned instrument; immutable once an assessment uses it.';
comment on column question_set.name is 'dash-27, ric-24, …';
comment on column question_set.version is 'From 1.';
comment on column question_set.document is 'Sections, questions, scales, follow-on sets, grading.';
comment on column question_set.recorded_at is 'When it was loaded.';

create table question (
  set_name    text collate "C" not null,
  set_version int not null,
  key         text collate "C" not null,
  number      int not null,
  answers     text[] not null,
  high_risk   boolean not null,
  counts      boolean not null,
  topic       text not null,
  offence     text,
  primary key (set_name, set_version, key),
  foreign key (set_name, set_version) references question_set
);
comment on table question is 'One question of a set, as scoring reads it.';
comment on column question.set_name is 'Set.';
comment on column question.set_version is 'Its version.';
comment on column question.key is 'Key that answers carry.';
comment on column question.number is 'Place in the set, from 1.';
comment on column question.answers is 'Answers that its scale allows.';
comment on column question.high_risk is 'A factor of high risk.';
comment on column question.counts is 'Whether a yes counts.';
comment on column question.topic is 'What it is about, the same word in every set.';
comment on column question.offence is 'Kind of offence a yes would disclose.';
