-- Exports: what left the service about a case, for whom the law gave a reason.

create table export (
  force_id      text collate "C" not null,
  export_id     uuid not null,
  kind          text collate "C" not null check (kind in ('chronology-bundle')),
  case_id       uuid not null,
  purpose       text collate "C" not null
                check (purpose in ('inquest', 'death_review', 'criminal_proceedings', 'civil_proceedings', 'independent_investigation', 'complaint',
                                   'lawfulness_check', 'self_monitoring', 'integrity_and_security')),
  legal_basis   text collate "C" not null
                check (legal_basis in ('consent', 'vital_interest', 'prevent_serious_harm', 'safeguarding_child', 'safeguarding_adult',
                                       'legal_duty', 'policing_purpose')),
  recipient     text,
  reason        text,
  include_looks boolean not null default false,
  redactions    jsonb not null default '[]',
  hold_id       uuid not null,
  occurred_at   timestamptz not null default domain_now(),
  recorded_by   text not null default current_actor(),
  recorded_at   timestamptz not null default domain_now(),
  version       int not null default 1,
  primary key (force_id, export_id),
  constraint export_case foreign key (force_id, case_id) references case_file,
  constraint export_hold foreign key (force_id, hold_id) references legal_hold,
  constraint export_looks check (not include_looks or purpose in ('criminal_proceedings', 'lawfulness_check', 'self_monitoring', 'integrity_and_security'))
);
create index export_of_case on export (force_id, case_id, recorded_at, export_id);
comment on table export is 'A disclosure of a case: everything recorded of it until then.';
comment on column export.force_id is 'Force.';
comment on column export.export_id is 'Identifier.';
comment on column export.kind is 'chronology-bundle: lines of the ledger with their proofs, and a chronology to read.';
comment on column export.case_id is 'The case.';
comment on column export.purpose is 'What for.';
comment on column export.legal_basis is 'Basis of the disclosure.';
comment on column export.recipient is 'To whom, where that is known already.';
comment on column export.reason is 'Why, where there is more to say.';
comment on column export.include_looks is 'Whether it holds who looked at what: only for the purposes of the Data Protection Act 2018 section 62(4).';
comment on column export.redactions is 'Members that are withheld: recordId or relation, and members.';
comment on column export.hold_id is 'The legal hold that was set with it.';
comment on column export.occurred_at is 'When.';
comment on column export.recorded_by is 'Who made it, and alone may fetch it.';
comment on column export.recorded_at is 'When it was recorded.';
comment on column export.version is 'Always 1.';
