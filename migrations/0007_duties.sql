-- Advice, call listening and its feedback, training, shifts: what specialists do beside reviewing.

create domain engagement_theme as text collate "C"
  check (value in ('history_check', 'safety_questions', 'believed', 'tone', 'grading', 'safe_contact', 'code_word', 'silent_call',
                   'children', 'suspect_nearby', 'recording'));
comment on domain engagement_theme is 'What feedback on a call is about, and a training session answers.';

create table advice (
  force_id     text collate "C" not null,
  advice_id    uuid not null,
  contact_id   uuid,
  case_id      uuid,
  status       text collate "C" not null default 'asked',
  urgency      text collate "C" not null check (urgency in ('immediate', 'urgent', 'routine')),
  question     text not null,
  asked_by     text not null,
  occurred_at  timestamptz not null,
  answer       text,
  given_by     text,
  given_at     timestamptz,
  action       text,
  settled_by   text,
  settled_at   timestamptz,
  reason       text,
  compliant    boolean not null default true,
  faults       jsonb not null default '[]',
  status_since timestamptz not null default domain_now(),
  recorded_by  text not null default current_actor(),
  recorded_at  timestamptz not null default domain_now(),
  version      int not null default 1,
  changed_by   text not null default current_actor(),
  changed_at   timestamptz not null default domain_now(),
  primary key (force_id, advice_id),
  constraint advice_contact foreign key (force_id, contact_id) references contact,
  constraint advice_case foreign key (force_id, case_id) references case_file,
  constraint advice_about check (coalesce(contact_id, case_id) is not null)
);
create index advice_by_age on advice (force_id, occurred_at, advice_id);
create index advice_by_status on advice (force_id, status, occurred_at, advice_id);
create index advice_of_contact on advice (force_id, contact_id, occurred_at, advice_id) where contact_id is not null;
create index advice_of_case on advice (force_id, case_id, occurred_at, advice_id) where case_id is not null;
comment on table advice is 'What a specialist was asked, what they advised and what was done on it.';
comment on column advice.force_id is 'Force.';
comment on column advice.advice_id is 'Identifier.';
comment on column advice.contact_id is 'The contact it is about.';
comment on column advice.case_id is 'The case it is about.';
comment on column advice.status is 'State of the machine "advice".';
comment on column advice.urgency is 'How soon an answer is needed.';
comment on column advice.question is 'What was asked.';
comment on column advice.asked_by is 'Staff reference of who asked; another may have recorded it for them.';
comment on column advice.occurred_at is 'When it was asked.';
comment on column advice.answer is 'What was advised.';
comment on column advice.given_by is 'Staff reference of the specialist who answered.';
comment on column advice.given_at is 'When the advice was given.';
comment on column advice.action is 'What was done on it.';
comment on column advice.settled_by is 'Who said what came of it, or withdrew the question.';
comment on column advice.settled_at is 'When it was acted on, or settled that it would not be, or withdrawn.';
comment on column advice.reason is 'Why the last move was made, where given.';
comment on column advice.compliant is 'Whether every rule was kept.';
comment on column advice.faults is 'Which rules were broken: code, detail.';
comment on column advice.status_since is 'When the last move happened.';
comment on column advice.recorded_by is 'Who recorded it.';
comment on column advice.recorded_at is 'When it was recorded.';
comment on column advice.version is 'Rises with every change.';
comment on column advice.changed_by is 'Who changed it last.';
comment on column advice.changed_at is 'When it was changed last.';

create table advice_transition (
  force_id      text collate "C" not null,
  transition_id uuid not null,
  advice_id     uuid not null,
  contact_id    uuid,
  case_id       uuid,
  number        int not null,
  from_status   text collate "C" not null,
  to_status     text collate "C" not null,
  reason        text,
  occurred_at   timestamptz not null,
  recorded_by   text not null default current_actor(),
  recorded_at   timestamptz not null default domain_now(),
  version       int not null default 1,
  primary key (force_id, transition_id),
  constraint advice_transition_number unique (force_id, advice_id, number),
  constraint advice_transition_of foreign key (force_id, advice_id) references advice
);
comment on table advice_transition is 'One move of advice.';
comment on column advice_transition.force_id is 'Force.';
comment on column advice_transition.transition_id is 'Identifier.';
comment on column advice_transition.advice_id is 'The advice.';
comment on column advice_transition.contact_id is 'Its contact.';
comment on column advice_transition.case_id is 'Its case.';
comment on column advice_transition.number is 'Version that the move gave the record: moves in their order.';
comment on column advice_transition.from_status is 'State before.';
comment on column advice_transition.to_status is 'State after.';
comment on column advice_transition.reason is 'Why.';
comment on column advice_transition.occurred_at is 'When it happened.';
comment on column advice_transition.recorded_by is 'Who made it.';
comment on column advice_transition.recorded_at is 'When it was recorded.';
comment on column advice_transition.version is 'Always 1.';

create table call_listening (
  force_id     text collate "C" not null,
  listening_id uuid not null,
  contact_id   uuid not null,
  handler      text collate "C" not null,
  manner       text collate "C" not null check (manner in ('live', 'recorded')),
  themes       engagement_theme[] not null,
  notes        text,
  occurred_at  timestamptz not null,
  compliant    boolean not null default true,
  faults       jsonb not null default '[]',
  recorded_by  text not null default current_actor(),
  recorded_at  timestamptz not null default domain_now(),
  version      int not null default 1,
  primary key (force_id, listening_id),
  constraint call_listening_contact foreign key (force_id, contact_id) references contact
);
create index call_listening_by_age on call_listening (force_id, occurred_at, listening_id);
create index call_listening_of_handler on call_listening (force_id, handler, occurred_at, listening_id);
create index call_listening_of_contact on call_listening (force_id, contact_id, occurred_at, listening_id);
comment on table call_listening is 'A specialist listened to a call, live or recorded.';
comment on column call_listening.force_id is 'Force.';
comment on column call_listening.listening_id is 'Identifier.';
comment on column call_listening.contact_id is 'The contact that was heard.';
comment on column call_listening.handler is 'Staff reference of who took the call.';
comment on column call_listening.manner is 'Whether it was heard live or from a recording.';
comment on column call_listening.themes is 'What was noticed.';
comment on column call_listening.notes is 'The specialist''s notes.';
comment on column call_listening.occurred_at is 'When it was listened to.';
comment on column call_listening.compliant is 'Whether every rule was kept.';
comment on column call_listening.faults is 'Which rules were broken: code, detail.';
comment on column call_listening.recorded_by is 'Who listened.';
comment on column call_listening.recorded_at is 'When it was recorded.';
comment on column call_listening.version is 'Always 1.';

create table call_feedback (
  force_id     text collate "C" not null,
  feedback_id  uuid not null,
  listening_id uuid not null,
  contact_id   uuid not null,
  handler      text collate "C" not null,
  themes       engagement_theme[] not null check (cardinality(themes) > 0),
  strengths    text,
  improvements text,
  occurred_at  timestamptz not null,
  compliant    boolean not null default true,
  faults       jsonb not null default '[]',
  recorded_by  text not null default current_actor(),
  recorded_at  timestamptz not null default domain_now(),
  version      int not null default 1,
  primary key (force_id, feedback_id),
  constraint call_feedback_listening foreign key (force_id, listening_id) references call_listening,
  constraint call_feedback_content check (coalesce(strengths, improvements) is not null)
);
create index call_feedback_by_age on call_feedback (force_id, occurred_at, feedback_id);
create index call_feedback_of_handler on call_feedback (force_id, handler, occurred_at, feedback_id);
create index call_feedback_of_listening on call_feedback (force_id, listening_id, occurred_at, feedback_id);
comment on table call_feedback is 'What a specialist tells a call handler about a call that was heard.';
comment on column call_feedback.force_id is 'Force.';
comment on column call_feedback.feedback_id is 'Identifier.';
comment on column call_feedback.listening_id is 'The listening.';
comment on column call_feedback.contact_id is 'Its contact.';
comment on column call_feedback.handler is 'Staff reference of whom it is addressed to.';
comment on column call_feedback.themes is 'What it is about.';
comment on column call_feedback.strengths is 'What was done well.';
comment on column call_feedback.improvements is 'What would be better.';
comment on column call_feedback.occurred_at is 'When it was given.';
comment on column call_feedback.compliant is 'Whether every rule was kept.';
comment on column call_feedback.faults is 'Which rules were broken: code, detail.';
comment on column call_feedback.recorded_by is 'Who gives it.';
comment on column call_feedback.recorded_at is 'When it was recorded.';
comment on column call_feedback.version is 'Always 1.';

create table feedback_acknowledgement (
  force_id           text collate "C" not null,
  acknowledgement_id uuid not null,
  feedback_id        uuid not null,
  contact_id         uuid not null,
  handler            text collate "C" not null,
  reply              text,
  recorded_by        text not null default current_actor(),
  recorded_at        timestamptz not null default domain_now(),
  version            int not null default 1,
  primary key (force_id, acknowledgement_id),
  constraint feedback_acknowledgement_feedback foreign key (force_id, feedback_id) references call_feedback,
  constraint feedback_acknowledged_once unique (force_id, feedback_id)
);
comment on table feedback_acknowledgement is 'The handler has read the feedback.';
comment on column feedback_acknowledgement.force_id is 'Force.';
comment on column feedback_acknowledgement.acknowledgement_id is 'Identifier.';
comment on column feedback_acknowledgement.feedback_id is 'The feedback.';
comment on column feedback_acknowledgement.contact_id is 'Its contact.';
comment on column feedback_acknowledgement.handler is 'Staff reference of whom it was addressed to.';
comment on column feedback_acknowledgement.reply is 'What the handler answers.';
comment on column feedback_acknowledgement.recorded_by is 'Who read it.';
comment on column feedback_acknowledgement.recorded_at is 'When it was recorded.';
comment on column feedback_acknowledgement.version is 'Always 1.';

create table training_session (
  force_id     text collate "C" not null,
  session_id   uuid not null,
  title        text not null,
  description  text,
  themes       engagement_theme[] not null check (cardinality(themes) > 0),
  trainer      text collate "C" not null,
  starts_at    timestamptz not null,
  status       text collate "C" not null default 'planned',
  held_at      timestamptz,
  reason       text,
  status_since timestamptz not null default domain_now(),
  recorded_by  text not null default current_actor(),
  recorded_at  timestamptz not null default domain_now(),
  version      int not null default 1,
  changed_by   text not null default current_actor(),
  changed_at   timestamptz not null default domain_now(),
  primary key (force_id, session_id)
);
create index training_session_by_start on training_session (force_id, starts_at, session_id);
create index training_session_by_status on training_session (force_id, status, starts_at, session_id);
create index training_session_held on training_session (force_id, held_at) where status = 'held';
comment on table training_session is 'Training for staff of the control room.';
comment on column training_session.force_id is 'Force.';
comment on column training_session.session_id is 'Identifier.';
comment on column training_session.title is 'What it is called.';
comment on column training_session.description is 'What it holds.';
comment on column training_session.themes is 'The themes of feedback that it answers.';
comment on column training_session.trainer is 'Staff reference of who leads it.';
comment on column training_session.starts_at is 'When it is planned for.';
comment on column training_session.status is 'State of the machine "training_session".';
comment on column training_session.held_at is 'When it was held.';
comment on column training_session.reason is 'Why the last move was made, where given.';
comment on column training_session.status_since is 'When the last move happened.';
comment on column training_session.recorded_by is 'Who planned it.';
comment on column training_session.recorded_at is 'When it was recorded.';
comment on column training_session.version is 'Rises with every change.';
comment on column training_session.changed_by is 'Who changed it last.';
comment on column training_session.changed_at is 'When it was changed last.';

create table training_session_transition (
  force_id      text collate "C" not null,
  transition_id uuid not null,
  session_id    uuid not null,
  number        int not null,
  from_status   text collate "C" not null,
  to_status     text collate "C" not null,
  reason        text,
  occurred_at   timestamptz not null,
  recorded_by   text not null default current_actor(),
  recorded_at   timestamptz not null default domain_now(),
  version       int not null default 1,
  primary key (force_id, transition_id),
  constraint training_session_transition_number unique (force_id, session_id, number),
  constraint training_session_transition_of foreign key (force_id, session_id) references training_session
);
comment on table training_session_transition is 'One move of a training session.';
comment on column training_session_transition.force_id is 'Force.';
comment on column training_session_transition.transition_id is 'Identifier.';
comment on column training_session_transition.session_id is 'The session.';
comment on column training_session_transition.number is 'Version that the move gave the record: moves in their order.';
comment on column training_session_transition.from_status is 'State before.';
comment on column training_session_transition.to_status is 'State after.';
comment on column training_session_transition.reason is 'Why.';
comment on column training_session_transition.occurred_at is 'When it happened.';
comment on column training_session_transition.recorded_by is 'Who made it.';
comment on column training_session_transition.recorded_at is 'When it was recorded.';
comment on column training_session_transition.version is 'Always 1.';

create table training_attendance (
  force_id      text collate "C" not null,
  attendance_id uuid not null,
  session_id    uuid not null,
  staff         text collate "C" not null,
  attended      boolean not null,
  note          text,
  supersedes    uuid,
  occurred_at   timestamptz not null,
  compliant     boolean not null default true,
  faults        jsonb not null default '[]',
  recorded_by   text not null default current_actor(),
  recorded_at   timestamptz not null default domain_now(),
  version       int not null default 1,
  primary key (force_id, attendance_id),
  constraint training_attendance_session foreign key (force_id, session_id) references training_session,
  constraint training_attendance_supersedes foreign key (force_id, supersedes) references training_attendance,
  constraint training_attendance_superseded_once unique (force_id, supersedes)
);
create unique index training_attendance_once on training_attendance (force_id, session_id, staff) where supersedes is null;
create index training_attendance_by_age on training_attendance (force_id, occurred_at, attendance_id);
create index training_attendance_of_staff on training_attendance (force_id, staff, occurred_at, attendance_id);
create index training_attendance_of_session on training_attendance (force_id, session_id, occurred_at, attendance_id);
comment on table training_attendance is 'Whether a member of staff attended a training session; a correction supersedes what was recorded.';
comment on column training_attendance.force_id is 'Force.';
comment on column training_attendance.attendance_id is 'Identifier.';
comment on column training_attendance.session_id is 'The session.';
comment on column training_attendance.staff is 'Staff reference.';
comment on column training_attendance.attended is 'Whether they were there.';
comment on column training_attendance.note is 'Anything to say about it.';
comment on column training_attendance.supersedes is 'The one that this takes the place of.';
comment on column training_attendance.occurred_at is 'When the session was held, or is planned for.';
comment on column training_attendance.compliant is 'Whether every rule was kept.';
comment on column training_attendance.faults is 'Which rules were broken: code, detail.';
comment on column training_attendance.recorded_by is 'Who recorded it.';
comment on column training_attendance.recorded_at is 'When it was recorded.';
comment on column training_attendance.version is 'Always 1.';

create table shift (
  force_id     text collate "C" not null,
  shift_id     uuid not null,
  staff        text collate "C" not null,
  role         text collate "C" not null check (role in ('specialist', 'supervisor')),
  starts_at    timestamptz not null,
  ends_at      timestamptz not null,
  status       text collate "C" not null default 'planned',
  started_at   timestamptz,
  ended_at     timestamptz,
  reason       text,
  status_since timestamptz not null default domain_now(),
  recorded_by  text not null default current_actor(),
  recorded_at  timestamptz not null default domain_now(),
  version      int not null default 1,
  changed_by   text not null default current_actor(),
  changed_at   timestamptz not null default domain_now(),
  primary key (force_id, shift_id),
  constraint shift_has_length check (ends_at > starts_at and ends_at <= starts_at + interval '24 hours'),
  constraint shift_order check (ended_at >= started_at)
);
create index shift_by_start on shift (force_id, starts_at, shift_id);
create index shift_of_staff on shift (force_id, staff, starts_at, shift_id);
comment on table shift is 'A shift in the control room, as planned and as it was.';
comment on column shift.force_id is 'Force.';
comment on column shift.shift_id is 'Identifier.';
comment on column shift.staff is 'Staff reference of whose shift it is.';
comment on column shift.role is 'What they work as; coverage counts specialists.';
comment on column shift.starts_at is 'When it is planned to begin.';
comment on column shift.ends_at is 'When it is planned to end; a day later at most.';
comment on column shift.status is 'State of the machine "shift".';
comment on column shift.started_at is 'When it began.';
comment on column shift.ended_at is 'When it ended.';
comment on column shift.reason is 'Why the last move was made, where given.';
comment on column shift.status_since is 'When the last move happened.';
comment on column shift.recorded_by is 'Who planned it.';
comment on column shift.recorded_at is 'When it was recorded.';
comment on column shift.version is 'Rises with every change.';
comment on column shift.changed_by is 'Who changed it last.';
comment on column shift.changed_at is 'When it was changed last.';

create table shift_transition (
  force_id      text collate "C" not null,
  transition_id uuid not null,
  shift_id      uuid not null,
  number        int not null,
  from_status   text collate "C" not null,
  to_status     text collate "C" not null,
  reason        text,
  occurred_at   timestamptz not null,
  recorded_by   text not null default current_actor(),
  recorded_at   timestamptz not null default domain_now(),
  version       int not null default 1,
  primary key (force_id, transition_id),
  constraint shift_transition_number unique (force_id, shift_id, number),
  constraint shift_transition_of foreign key (force_id, shift_id) references shift
);
comment on table shift_transition is 'One move of a shift.';
comment on column shift_transition.force_id is 'Force.';
comment on column shift_transition.transition_id is 'Identifier.';
comment on column shift_transition.shift_id is 'The shift.';
comment on column shift_transition.number is 'Version that the move gave the record: moves in their order.';
comment on column shift_transition.from_status is 'State before.';
comment on column shift_transition.to_status is 'State after.';
comment on column shift_transition.reason is 'Why.';
comment on column shift_transition.occurred_at is 'When it happened.';
comment on column shift_transition.recorded_by is 'Who made it.';
comment on column shift_transition.recorded_at is 'When it was recorded.';
comment on column shift_transition.version is 'Always 1.';
