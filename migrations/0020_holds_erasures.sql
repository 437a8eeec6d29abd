-- What may not be taken away, and what was: legal holds and erasures.

create table legal_hold (
  force_id    text collate "C" not null,
  hold_id     uuid not null,
  case_id     uuid not null,
  reason      text not null,
  authority   text not null,
  occurred_at timestamptz not null default domain_now(),
  recorded_by text not null default current_actor(),
  recorded_at timestamptz not null default domain_now(),
  version     int not null default 1,
  primary key (force_id, hold_id),
  constraint legal_hold_case foreign key (force_id, case_id) references case_file
);
create index legal_hold_of_case on legal_hold (force_id, case_id, recorded_at, hold_id);
comment on table legal_hold is 'While it stands nothing of a case, and of whom it names, is erased. It stands until it is lifted.';
comment on column legal_hold.force_id is 'Force.';
comment on column legal_hold.hold_id is 'Identifier.';
comment on column legal_hold.case_id is 'The case.';
comment on column legal_hold.reason is 'Why.';
comment on column legal_hold.authority is 'On whose word: a coroner, a court, an officer in charge of an investigation.';
comment on column legal_hold.occurred_at is 'Since when.';
comment on column legal_hold.recorded_by is 'Who set it.';
comment on column legal_hold.recorded_at is 'When it was recorded.';
comment on column legal_hold.version is 'Always 1.';

create table legal_hold_lifting (
  force_id    text collate "C" not null,
  lifting_id  uuid not null,
  hold_id     uuid not null,
  case_id     uuid not null,
  reason      text not null,
  authority   text not null,
  occurred_at timestamptz not null default domain_now(),
  recorded_by text not null default current_actor(),
  recorded_at timestamptz not null default domain_now(),
  version     int not null default 1,
  primary key (force_id, lifting_id),
  constraint legal_hold_lifted_once unique (force_id, hold_id),
  constraint legal_hold_lifting_hold foreign key (force_id, hold_id) references legal_hold
);
comment on table legal_hold_lifting is 'The end of a legal hold: a fact of its own, for the hold is never edited.';
comment on column legal_hold_lifting.force_id is 'Force.';
comment on column legal_hold_lifting.lifting_id is 'Identifier.';
comment on column legal_hold_lifting.hold_id is 'The hold.';
comment on column legal_hold_lifting.case_id is 'Its case.';
comment on column legal_hold_lifting.reason is 'Why.';
comment on column legal_hold_lifting.authority is 'On whose word.';
comment on column legal_hold_lifting.occurred_at is 'Since when it stands no longer.';
comment on column legal_hold_lifting.recorded_by is 'Who lifted it.';
comment on column legal_hold_lifting.recorded_at is 'When it was recorded.';
comment on column legal_hold_lifting.version is 'Always 1.';

create table erasable_member (
  relation  text collate "C" not null,
  member    text collate "C" not null,
  personal  boolean not null default false,
  goes_with text collate "C",
  blank     text not null default 'null',
  primary key (relation, member)
);
comment on table erasable_member is 'Which members of which records may be erased.';
comment on column erasable_member.relation is 'What kind of record.';
comment on column erasable_member.member is 'The member, as the column is named.';
comment on column erasable_member.personal is 'Erased when nobody says which: it tells who someone is, or how to reach them.';
comment on column erasable_member.goes_with is 'Derived from that other member, and erased with it.';
comment on column erasable_member.blank is 'What stands there afterwards: an expression of the row.';

create table erasure (
  force_id     text collate "C" not null,
  erasure_id   uuid not null,
  subject_kind text collate "C" not null,
  subject_id   uuid not null,
  members      text[] not null,
  legal_basis  text collate "C" not null
               check (legal_basis in ('right_to_erasure', 'legal_duty', 'court_order', 'retention_expired', 'recorded_in_error')),
  authority    text not null,
  reason       text not null,
  line_count   int not null,
  occurred_at  timestamptz not null default domain_now(),
  recorded_by  text not null default current_actor(),
  recorded_at  timestamptz not null default domain_now(),
  version      int not null default 1,
  primary key (force_id, erasure_id)
);
create index erasure_of_subject on erasure (force_id, subject_id, recorded_at, erasure_id);
create index erasure_by_age on erasure (force_id, recorded_at, erasure_id);
comment on table erasure is 'Members of a record that were erased, from the record and from every line of the ledger that told of them.';
comment on column erasure.force_id is 'Force.';
comment on column erasure.erasure_id is 'Identifier.';
comment on column erasure.subject_kind is 'What kind of record.';
comment on column erasure.subject_id is 'Which.';
comment on column erasure.members is 'Which of its members, as columns are named.';
comment on column erasure.legal_basis is 'What in law asks for it (Data Protection Act 2018 sections 47 and 39), or why it was never to be here.';
comment on column erasure.authority is 'Who decided it: a person, a court, a retention review.';
comment on column erasure.reason is 'Why, without naming anybody.';
comment on column erasure.line_count is 'How many earlier lines of the ledger lost members.';
comment on column erasure.occurred_at is 'When.';
comment on column erasure.recorded_by is 'Who did it.';
comment on column erasure.recorded_at is 'When it was recorded.';
comment on column erasure.version is 'Always 1.';

create table record_kind (
  relation      text collate "C" primary key,
  table_name    text collate "C" not null,
  id_column     text collate "C" not null,
  counts_itself boolean not null
);
comment on table record_kind is 'Where each kind of record is kept; made from the list of guarded tables.';
comment on column record_kind.relation is 'What lines of the ledger and the API call it.';
comment on column record_kind.table_name is 'Its table.';
comment on column record_kind.id_column is 'The column of its identifier.';
comment on column record_kind.counts_itself is 'Whether its version rises by itself with every change.';
