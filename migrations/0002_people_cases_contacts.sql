-- Who, which pair, and what reached the police.

create domain grade as text collate "C" check (value in ('standard', 'medium', 'high'));
create domain response_grade as text collate "C" check (value in ('emergency', 'priority', 'scheduled', 'no_deployment'));
create domain known as text collate "C" check (value in ('yes', 'no', 'unknown'));
comment on domain grade is 'Risk grade.';
comment on domain response_grade is 'Dispatch grade, mapped from each force''s own.';
comment on domain known is 'What a caller could or could not say.';

create table person (
  force_id            text collate "C" not null,
  person_id           uuid not null,
  given_name          text,
  family_name         text,
  aliases             text[] not null default '{}',
  date_of_birth       date,
  phones              text[] not null default '{}',
  addresses           jsonb not null default '[]',
  external_references text[] not null default '{}',
  works_for_police    boolean not null default false,
  safe_contact        jsonb,
  recorded_by         text not null default current_actor(),
  recorded_at         timestamptz not null default domain_now(),
  version             int not null default 1,
  changed_by          text not null default current_actor(),
  changed_at          timestamptz not null default domain_now(),
  primary key (force_id, person_id)
);
comment on table person is 'Someone named in contacts and cases, in whatever role.';
comment on column person.force_id is 'Force.';
comment on column person.person_id is 'Identifier.';
comment on column person.given_name is 'Given names.';
comment on column person.family_name is 'Family name.';
comment on column person.aliases is 'Other names used.';
comment on column person.date_of_birth is 'Date of birth.';
comment on column person.phones is 'Telephone numbers as given.';
comment on column person.addresses is 'Addresses: uprn, line, postcode.';
comment on column person.external_references is 'References in other systems.';
comment on column person.works_for_police is 'Works for the police: cases with this person are restricted.';
comment on column person.safe_contact is 'How this person may safely be reached: number, hours, voicemail, codeWord, note.';
comment on column person.recorded_by is 'Who recorded it.';
comment on column person.recorded_at is 'When it was recorded.';
comment on column person.version is 'Rises with every change.';
comment on column person.changed_by is 'Who changed it last.';
comment on column person.changed_at is 'When it was changed last.';

create table search_key (
  force_id  text collate "C" not null,
  kind      text collate "C" not null check (kind in ('phone', 'name', 'sound', 'born', 'uprn', 'address', 'reference')),
  key       text collate "C" not null,
  person_id uuid not null,
  primary key (force_id, kind, key, person_id),
  constraint search_key_person foreign key (force_id, person_id) references person
);
comment on table search_key is 'What a person is found by, by equality only. A key once known stays, so an old number still finds.';
comment on column search_key.force_id is 'Force.';
comment on column search_key.kind is 'phone, name, sound (phonetic), born (date and initial), uprn, address, reference.';
comment on column search_key.key is 'Normalised.';
comment on column search_key.person_id is 'Whom it finds.';

create table case_file (
  force_id       text collate "C" not null,
  case_id        uuid not null,
  reference      text collate "C",
  victim_id      uuid not null,
  perpetrator_id uuid,
  status         text collate "C" not null default 'open',
  summary        text,
  occurred_at    timestamptz not null default domain_now(),
  recorded_by    text not null default current_actor(),
  recorded_at    timestamptz not null default domain_now(),
  restricted     boolean not null default false,
  reason         text,
  version        int not null default 1,
  changed_by     text not null default current_actor(),
  changed_at     timestamptz not null default domain_now(),
  primary key (force_id, case_id),
  constraint case_file_victim foreign key (force_id, victim_id) references person,
  constraint case_file_perpetrator foreign key (force_id, perpetrator_id) references person,
  constraint case_file_two_people check (victim_id <> perpetrator_id)
);
create index case_file_by_victim on case_file (force_id, victim_id, case_id);
create index case_file_by_perpetrator on case_file (force_id, perpetrator_id, case_id);
create index case_file_by_reference on case_file (force_id, reference);
create index case_file_by_age on case_file (force_id, recorded_at, case_id);
create index case_file_by_status on case_file (force_id, status, recorded_at, case_id);
comment on table case_file is 'One victim and one perpetrator: the pair is the unit of risk.';
comment on column case_file.force_id is 'Force.';
comment on column case_file.case_id is 'Identifier.';
comment on column case_file.reference is 'The force''s own reference.';
comment on column case_file.victim_id is 'The victim.';
comment on column case_file.perpetrator_id is 'The perpetrator; null while unknown.';
comment on column case_file.status is 'State of the machine "case".';
comment on column case_file.summary is 'What it is about, in a sentence or two.';
comment on column case_file.occurred_at is 'When it was opened.';
comment on column case_file.recorded_by is 'Who opened it.';
comment on column case_file.recorded_at is 'When it was recorded.';
comment on column case_file.restricted is 'Content hidden from all but those permitted.';
comment on column case_file.reason is 'Why the last move was made, where given.';
comment on column case_file.version is 'Rises with every change.';
comment on column case_file.changed_by is 'Who changed it last.';
comment on column case_file.changed_at is 'When it was changed last.';

create table case_restriction (
  force_id      text collate "C" not null,
  case_id       uuid not null,
  restricted    boolean not null default true,
  blocked       text[] not null default '{}',
  permitted     text[] not null default '{}',
  supervisor    text not null,
  reason        text not null,
  recorded_by   text not null default current_actor(),
  recorded_at   timestamptz not null default domain_now(),
  version       int not null default 1,
  changed_by    text not null default current_actor(),
  changed_at    timestamptz not null default domain_now(),
  primary key (force_id, case_id),
  constraint case_restriction_case foreign key (force_id, case_id) references case_file
);
comment on table case_restriction is 'Who may not, and who may, see a restricted case.';
comment on column case_restriction.force_id is 'Force.';
comment on column case_restriction.case_id is 'The case.';
comment on column case_restriction.restricted is 'Off: the restriction was lifted.';
comment on column case_restriction.blocked is 'Staff references to whom it does not exist: the parties, their colleagues, linked staff.';
comment on column case_restriction.permitted is 'Staff references that may read it; supervisors may unless blocked.';
comment on column case_restriction.supervisor is 'Staff reference of the supervisor to call.';
comment on column case_restriction.reason is 'Why.';
comment on column case_restriction.recorded_by is 'Who restricted it first.';
comment on column case_restriction.recorded_at is 'When.';
comment on column case_restriction.version is 'Rises with every change.';
comment on column case_restriction.changed_by is 'Who changed it last.';
comment on column case_restriction.changed_at is 'When it was changed last.';

create table case_person (
  force_id       text collate "C" not null,
  case_person_id uuid not null,
  case_id        uuid not null,
  person_id      uuid not null,
  role           text collate "C" not null
                 check (role in ('victim', 'perpetrator', 'child', 'witness', 'relative', 'dependant', 'other')),
  active         boolean not null default true,
  reason         text,
  recorded_by    text not null default current_actor(),
  recorded_at    timestamptz not null default domain_now(),
  version        int not null default 1,
  changed_by     text not null default current_actor(),
  changed_at     timestamptz not null default domain_now(),
  primary key (force_id, case_person_id),
  constraint case_person_once unique (force_id, case_id, person_id, role),
  constraint case_person_case foreign key (force_id, case_id) references case_file,
  constraint case_person_person foreign key (force_id, person_id) references person
);
create index case_person_by_person on case_person (force_id, person_id);
comment on table case_person is 'Who is named in a case, and as what.';
comment on column case_person.force_id is 'Force.';
comment on column case_person.case_person_id is 'Identifier.';
comment on column case_person.case_id is 'The case.';
comment on column case_person.person_id is 'The person.';
comment on column case_person.role is 'As what.';
comment on column case_person.active is 'Off: taken back, with a reason.';
comment on column case_person.reason is 'Why it was taken back.';
comment on column case_person.recorded_by is 'Who recorded it.';
comment on column case_person.recorded_at is 'When it was recorded.';
comment on column case_person.version is 'Rises with every change.';
comment on column case_person.changed_by is 'Who changed it last.';
comment on column case_person.changed_at is 'When it was changed last.';

create table contact (
  force_id             text collate "C" not null,
  contact_id           uuid not null,
  reference            text collate "C",
  occurred_at          timestamptz not null,
  channel              text collate "C" not null
                       check (channel in ('call_999', 'call_101', 'online', 'third_party', 'agency', 'front_counter', 'officer')),
  caller               text collate "C" not null
                       check (caller in ('victim', 'child', 'suspect', 'third_party', 'agency', 'silent', 'unknown')),
  phone                text,
  phone_key            text collate "C",
  address              jsonb,
  address_key          text collate "C",
  place_key            text collate "C",
  cut_off              boolean not null default false,
  suspect_present      known not null default 'unknown',
  suspect_nearby       known not null default 'unknown',
  children_present     known not null default 'unknown',
  weapons              known not null default 'unknown',
  injuries             known not null default 'unknown',
  order_in_force       known not null default 'unknown',
  response_grade       response_grade not null,
  target_at            timestamptz,
  narrative            text,
  fresh_risk           text,
  crime_reference      text,
  compliant            boolean not null default true,
  faults               jsonb not null default '[]',
  recorded_by          text not null default current_actor(),
  recorded_at          timestamptz not null default domain_now(),
  version              int not null default 1,
  changed_by           text not null default current_actor(),
  changed_at           timestamptz not null default domain_now(),
  primary key (force_id, contact_id)
);
create index contact_by_phone on contact (force_id, phone_key, occurred_at, contact_id) where phone_key is not null;
create index contact_by_address on contact (force_id, address_key, occurred_at, contact_id) where address_key is not null;
create index contact_by_place on contact (force_id, place_key, occurred_at, contact_id) where place_key is not null;
create index contact_by_reference on contact (force_id, reference) where reference is not null;
create index contact_by_age on contact (force_id, occurred_at, contact_id);
comment on table contact is 'One report reaching the police.';
comment on column contact.force_id is 'Force.';
comment on column contact.contact_id is 'Identifier.';
comment on column contact.reference is 'The command-and-control log''s number.';
comment on column contact.occurred_at is 'When it was received.';
comment on column contact.channel is 'How it came.';
comment on column contact.caller is 'Who called.';
comment on column contact.phone is 'Number called from, as given.';
comment on column contact.phone_key is 'That number, normalised.';
comment on column contact.address is 'Where: uprn, line, postcode.';
comment on column contact.address_key is 'That address, normalised: by property reference number, else by postcode and number.';
comment on column contact.place_key is 'By postcode and number, where address_key goes by property reference number: who asks may know only the one or the other.';
comment on column contact.cut_off is 'The call was cut off.';
comment on column contact.suspect_present is 'Is the suspect there?';
comment on column contact.suspect_nearby is 'Is the suspect near?';
comment on column contact.children_present is 'Are children there?';
comment on column contact.weapons is 'Are weapons or objects used or threatened?';
comment on column contact.injuries is 'Is anyone injured?';
comment on column contact.order_in_force is 'Is an order or a bail condition in force?';
comment on column contact.response_grade is 'Response grade now.';
comment on column contact.target_at is 'By when someone should have attended.';
comment on column contact.narrative is 'What was said and done.';
comment on column contact.fresh_risk is 'What is new about the risk, in the call handler''s words.';
comment on column contact.crime_reference is 'Crime recorded from it.';
comment on column contact.compliant is 'Whether the report kept every rule.';
comment on column contact.faults is 'Which rules it broke: code, detail.';
comment on column contact.recorded_by is 'Who recorded it.';
comment on column contact.recorded_at is 'When it was recorded; later than occurred_at after an outage.';
comment on column contact.version is 'Rises with every change.';
comment on column contact.changed_by is 'Who changed it last.';
comment on column contact.changed_at is 'When it was changed last.';

create table contact_person (
  force_id   text collate "C" not null,
  contact_id uuid not null,
  person_id  uuid not null,
  role       text collate "C" not null check (role in ('victim', 'suspect', 'child', 'witness', 'caller', 'other')),
  contact_person_id uuid not null,
  occurred_at timestamptz not null,
  recorded_by text not null default current_actor(),
  recorded_at timestamptz not null default domain_now(),
  version    int not null default 1,
  primary key (force_id, contact_id, person_id, role),
  constraint contact_person_contact foreign key (force_id, contact_id) references contact,
  constraint contact_person_person foreign key (force_id, person_id) references person
);
create index contact_person_by_person on contact_person (force_id, person_id, occurred_at, contact_id);
comment on table contact_person is 'Who is named in a contact, and as what.';
comment on column contact_person.force_id is 'Force.';
comment on column contact_person.contact_id is 'The contact.';
comment on column contact_person.person_id is 'The person.';
comment on column contact_person.role is 'As what.';
comment on column contact_person.contact_person_id is 'Identifier.';
comment on column contact_person.occurred_at is 'When the contact was received; here too, so that counting a person''s contacts reads one index.';
comment on column contact_person.recorded_by is 'Who recorded it.';
comment on column contact_person.recorded_at is 'When it was recorded.';
comment on column contact_person.version is 'Always 1.';

create table contact_case (
  force_id    text collate "C" not null,
  link_id     uuid not null,
  contact_id  uuid not null,
  case_id     uuid not null,
  active      boolean not null default true,
  reason      text,
  occurred_at timestamptz not null,
  recorded_by text not null default current_actor(),
  recorded_at timestamptz not null default domain_now(),
  version     int not null default 1,
  changed_by  text not null default current_actor(),
  changed_at  timestamptz not null default domain_now(),
  primary key (force_id, link_id),
  constraint contact_case_once unique (force_id, case_id, contact_id),
  constraint contact_case_contact foreign key (force_id, contact_id) references contact,
  constraint contact_case_case foreign key (force_id, case_id) references case_file
);
create index contact_case_by_contact on contact_case (force_id, contact_id, case_id) where active;
create index contact_case_by_time on contact_case (force_id, case_id, occurred_at, contact_id) where active;
comment on table contact_case is 'Which contacts concern which cases; un-linking keeps the row and its history.';
comment on column contact_case.force_id is 'Force.';
comment on column contact_case.link_id is 'Identifier.';
comment on column contact_case.contact_id is 'The contact.';
comment on column contact_case.case_id is 'The case.';
comment on column contact_case.active is 'Off: un-linked, with a reason.';
comment on column contact_case.reason is 'Why it was linked or un-linked.';
comment on column contact_case.occurred_at is 'When the contact was received.';
comment on column contact_case.recorded_by is 'Who linked it first.';
comment on column contact_case.recorded_at is 'When.';
comment on column contact_case.version is 'Rises with every change.';
comment on column contact_case.changed_by is 'Who changed it last.';
comment on column contact_case.changed_at is 'When it was changed last.';

create table response_grade_change (
  force_id            text collate "C" not null,
  change_id           uuid not null,
  contact_id          uuid not null,
  from_grade          response_grade,
  to_grade            response_grade not null,
  target_at           timestamptz,
  reason              text,
  authorised_by       text,
  victim_spoken_to    boolean,
  fresh_assessment    boolean not null default false,
  occurred_at         timestamptz not null,
  compliant           boolean not null default true,
  faults              jsonb not null default '[]',
  recorded_by         text not null default current_actor(),
  recorded_at         timestamptz not null default domain_now(),
  version             int not null default 1,
  primary key (force_id, change_id),
  constraint response_grade_change_contact foreign key (force_id, contact_id) references contact
);
create index response_grade_change_of_contact on response_grade_change (force_id, contact_id, occurred_at);
comment on table response_grade_change is 'A change of the response grade, as it happened; stored even when it broke a rule.';
comment on column response_grade_change.force_id is 'Force.';
comment on column response_grade_change.change_id is 'Identifier.';
comment on column response_grade_change.contact_id is 'The contact.';
comment on column response_grade_change.from_grade is 'Grade before.';
comment on column response_grade_change.to_grade is 'Grade after.';
comment on column response_grade_change.target_at is 'By when someone should attend from then on; null for no deployment.';
comment on column response_grade_change.reason is 'Why.';
comment on column response_grade_change.authorised_by is 'Staff reference of who authorised it.';
comment on column response_grade_change.victim_spoken_to is 'Was the victim spoken to again first?';
comment on column response_grade_change.fresh_assessment is 'Was the risk assessed afresh first?';
comment on column response_grade_change.occurred_at is 'When it was changed.';
comment on column response_grade_change.compliant is 'Whether it kept every rule.';
comment on column response_grade_change.faults is 'Which rules it broke: code, detail.';
comment on column response_grade_change.recorded_by is 'Who recorded it.';
comment on column response_grade_change.recorded_at is 'When it was recorded.';
comment on column response_grade_change.version is 'Always 1.';

create table attendance (
  force_id      text collate "C" not null,
  attendance_id uuid not null,
  contact_id    uuid not null,
  dispatched_at timestamptz,
  occurred_at   timestamptz not null,
  officers      text[] not null default '{}',
  victim_seen   boolean not null,
  note          text,
  compliant     boolean not null default true,
  faults        jsonb not null default '[]',
  recorded_by   text not null default current_actor(),
  recorded_at   timestamptz not null default domain_now(),
  version       int not null default 1,
  primary key (force_id, attendance_id),
  constraint attendance_contact foreign key (force_id, contact_id) references contact
);
create index attendance_of_contact on attendance (force_id, contact_id, occurred_at);
comment on table attendance is 'Officers reached the place.';
comment on column attendance.force_id is 'Force.';
comment on column attendance.attendance_id is 'Identifier.';
comment on column attendance.contact_id is 'The contact.';
comment on column attendance.dispatched_at is 'When they were sent.';
comment on column attendance.occurred_at is 'When they arrived.';
comment on column attendance.officers is 'Their staff references.';
comment on column attendance.victim_seen is 'Was the victim seen?';
comment on column attendance.note is 'What they found.';
comment on column attendance.compliant is 'Whether the target was kept.';
comment on column attendance.faults is 'Which rules it broke: code, detail.';
comment on column attendance.recorded_by is 'Who recorded it.';
comment on column attendance.recorded_at is 'When it was recorded.';
comment on column attendance.version is 'Always 1.';

create table closure (
  force_id        text collate "C" not null,
  closure_id      uuid not null,
  contact_id      uuid not null,
  outcome         text collate "C" not null
                  check (outcome in ('attended_arrest', 'attended_no_arrest', 'resolved_by_phone', 'appointment', 'no_trace', 'passed_on', 'duplicate', 'other')),
  victim_seen     boolean not null,
  victim_spoken_to boolean not null,
  crime_reference text,
  reason          text,
  occurred_at     timestamptz not null,
  compliant       boolean not null default true,
  faults          jsonb not null default '[]',
  recorded_by     text not null default current_actor(),
  recorded_at     timestamptz not null default domain_now(),
  version         int not null default 1,
  primary key (force_id, closure_id),
  constraint closure_contact foreign key (force_id, contact_id) references contact
);
create index closure_of_contact on closure (force_id, contact_id, occurred_at);
comment on table closure is 'The log of a contact was closed.';
comment on column closure.force_id is 'Force.';
comment on column closure.closure_id is 'Identifier.';
comment on column closure.contact_id is 'The contact.';
comment on column closure.outcome is 'How it ended.';
comment on column closure.victim_seen is 'Was the victim seen?';
comment on column closure.victim_spoken_to is 'Was the victim spoken to?';
comment on column closure.crime_reference is 'Crime recorded.';
comment on column closure.reason is 'Why it was closed so.';
comment on column closure.occurred_at is 'When it was closed.';
comment on column closure.compliant is 'Whether it kept every rule.';
comment on column closure.faults is 'Which rules it broke: code, detail.';
comment on column closure.recorded_by is 'Who recorded it.';
comment on column closure.recorded_at is 'When it was recorded.';
comment on column closure.version is 'Always 1.';

create table history_check (
  force_id    text collate "C" not null,
  check_id    uuid not null,
  contact_id  uuid not null,
  systems     text[] not null check (cardinality(systems) > 0),
  findings    text,
  checked_by  text not null default current_actor(),
  occurred_at timestamptz not null,
  compliant   boolean not null default true,
  faults      jsonb not null default '[]',
  recorded_by text not null default current_actor(),
  recorded_at timestamptz not null default domain_now(),
  version     int not null default 1,
  primary key (force_id, check_id),
  constraint history_check_contact foreign key (force_id, contact_id) references contact
);
create index history_check_of_contact on history_check (force_id, contact_id, occurred_at);
comment on table history_check is 'Someone looked up what was known before, and where.';
comment on column history_check.force_id is 'Force.';
comment on column history_check.check_id is 'Identifier.';
comment on column history_check.contact_id is 'The contact.';
comment on column history_check.systems is 'Systems that were searched.';
comment on column history_check.findings is 'What they showed.';
comment on column history_check.checked_by is 'Staff reference of who looked.';
comment on column history_check.occurred_at is 'When.';
comment on column history_check.compliant is 'Whether it kept every rule.';
comment on column history_check.faults is 'Which rules it broke: code, detail.';
comment on column history_check.recorded_by is 'Who recorded it.';
comment on column history_check.recorded_at is 'When it was recorded.';
comment on column history_check.version is 'Always 1.';

create table alert (
  force_id         text collate "C" not null,
  alert_id         uuid not null,
  detector         text collate "C" not null check (detector ~ '^[a-z][a-z0-9_]{0,59}$'),
  detector_version int not null default 1,
  severity         text collate "C" not null check (severity in ('information', 'warning', 'critical')),
  audience         text collate "C" not null check (audience in ('control_room', 'specialist', 'supervisor', 'administrator')),
  case_id          uuid,
  contact_id       uuid,
  finding          text not null,
  evidence         jsonb not null default '{}',
  once_key         text collate "C",
  occurred_at      timestamptz not null default domain_now(),
  recorded_by      text not null default current_actor(),
  recorded_at      timestamptz not null default domain_now(),
  version          int not null default 1,
  primary key (force_id, alert_id),
  constraint alert_case foreign key (force_id, case_id) references case_file,
  constraint alert_contact foreign key (force_id, contact_id) references contact,
  constraint alert_once unique (force_id, detector, once_key)
);
create index alert_by_age on alert (force_id, occurred_at, alert_id);
create index alert_of_case on alert (force_id, case_id, occurred_at) where case_id is not null;
comment on table alert is 'A detector''s finding with what made it fire; advisory: a person decides. Never edited.';
comment on column alert.force_id is 'Force.';
comment on column alert.alert_id is 'Identifier.';
comment on column alert.detector is 'Which detector.';
comment on column alert.detector_version is 'Its version.';
comment on column alert.severity is 'information, warning, critical.';
comment on column alert.audience is 'Whom it is for: control_room (call handlers, dispatchers), specialist, supervisor, administrator; specialists see the control room''s too, supervisors both.';
comment on column alert.case_id is 'The case it is about; who may not see the case doesn''t see the alert.';
comment on column alert.contact_id is 'The contact it is about.';
comment on column alert.finding is 'What was found, in a sentence.';
comment on column alert.evidence is 'The records that made it fire, by kind and identifier.';
comment on column alert.once_key is 'A detector fires once for one such key; null: every time.';
comment on column alert.occurred_at is 'When it fired.';
comment on column alert.recorded_by is 'In whose transaction it was written.';
comment on column alert.recorded_at is 'When it was recorded.';
comment on column alert.version is 'Always 1.';

-- Reads across restricted cases for history search (repeatable/070_history.sql), and writes what only the service may.
do $$
begin
  if not exists (select from pg_roles where rolname = 'secondlook_search') then
    create role secondlook_search nologin noinherit;
  end if;
end $$;
grant usage on schema public to secondlook_search;
grant execute on function current_force(), current_actor(), current_staff_roles(), domain_now(), hidden_cases() to secondlook_search;
