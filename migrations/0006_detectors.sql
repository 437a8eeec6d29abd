-- Detectors: what is due to be looked at, and alerts that grow and are decided.

do $$
begin
  if not exists (select from pg_roles where rolname = 'secondlook_clock') then
    create role secondlook_clock login noinherit;
  end if;
  -- Reads and writes records as the app's role does, under its policies.
  if not exists (select from pg_roles where rolname = 'secondlook_detector') then
    create role secondlook_detector nologin inherit in role secondlook_app;
  end if;
end $$;
grant usage on schema public to secondlook_clock, secondlook_detector;

create table detector (
  detector_id text collate "C" primary key check (detector_id ~ '^[a-z][a-z0-9_]{0,59}$'),
  version     int not null check (version > 0),
  severity    text collate "C" not null check (severity in ('information', 'warning', 'critical')),
  audience    text collate "C" not null check (audience in ('control_room', 'specialist', 'supervisor', 'administrator')),
  looks_at    text collate "C" not null check (looks_at in ('contact', 'case')),
  rule        text not null,
  action      text not null
);
comment on table detector is 'The rules that notice what was missed; each row comes with its rule from a file of its own.';
comment on column detector.detector_id is 'Name; its settings are detector_<name>.';
comment on column detector.version is 'Rises when the rule changes.';
comment on column detector.severity is 'Of its alerts.';
comment on column detector.audience is 'For whom its alerts are.';
comment on column detector.looks_at is 'What it is run for: a contact, or a case.';
comment on column detector.rule is 'When it fires, in a sentence.';
comment on column detector.action is 'What a person should do then.';

create table due_check (
  force_id     text collate "C" not null,
  check_id     uuid not null,
  subject_kind text collate "C" not null check (subject_kind in ('contact', 'case')),
  subject_id   uuid not null,
  detector_id  text collate "C",
  due_at       timestamptz not null,
  attempts     int not null default 0,
  recorded_at  timestamptz not null default clock_timestamp(),
  primary key (force_id, check_id)
);
create index due_check_by_time on due_check (force_id, due_at);
create index due_check_at_once on due_check (force_id, subject_kind, subject_id) where detector_id is null;
create unique index due_check_once on due_check (force_id, subject_kind, subject_id, detector_id) where detector_id is not null;
comment on table due_check is 'What the clock has to look at, and when: written by what changes, in its own transaction.';
comment on column due_check.force_id is 'Force.';
comment on column due_check.check_id is 'Identifier.';
comment on column due_check.subject_kind is 'contact or case.';
comment on column due_check.subject_id is 'Which.';
comment on column due_check.detector_id is 'The one detector that asked to look again; null: something changed, so all of them.';
comment on column due_check.due_at is 'From when on, in the force''s domain time; -infinity: at once, whatever the clock shows.';
comment on column due_check.attempts is 'How often the detector failed here.';
comment on column due_check.recorded_at is 'When it was written, in real time.';

alter table alert
  add column status      text collate "C" not null default 'open' check (status in ('open', 'confirmed', 'dismissed')),
  add column is_detected boolean not null default false,
  add column decided_at  timestamptz,
  add column decided_by  text,
  add column reason      text,
  add column changed_by  text not null default current_actor(),
  add column changed_at  timestamptz not null default domain_now();
create unique index alert_open_of_case on alert (force_id, detector, case_id)
  where status = 'open' and is_detected and case_id is not null;
create unique index alert_open_of_contact on alert (force_id, detector, contact_id)
  where status = 'open' and is_detected and case_id is null and contact_id is not null;
create index alert_of_contact on alert (force_id, contact_id, occurred_at) where contact_id is not null;
create index alert_by_status on alert (force_id, status, occurred_at, alert_id);
comment on table alert is 'A detector''s finding with what made it fire; advisory: a person decides. Its evidence grows while it is open.';
comment on column alert.status is 'open until a person confirms or dismisses it.';
comment on column alert.is_detected is 'Found by a detector: then there is one open alert for each detector and case, or contact without a case.';
comment on column alert.decided_at is 'When a person decided.';
comment on column alert.decided_by is 'Who.';
comment on column alert.reason is 'Why.';
comment on column alert.version is 'Counts changes, from 1.';
comment on column alert.changed_by is 'Who changed it last.';
comment on column alert.changed_at is 'When.';

create type finding as (
  case_id    uuid,        -- the case that it is about, if it is about one
  contact_id uuid,        -- the contact that shows it
  sentence   text,        -- what was found; null: nothing (yet)
  evidence   jsonb,       -- {"records": [{kind, id, at, …}, …], …}: the rows that made it fire, at most twenty
  look_again timestamptz  -- when time alone may change the answer; null: never
);
comment on type finding is 'What a detector answers.';
