-- What keeps people safe beside reviews: disclosures under Clare's Law, schools told, visits by video, and orders as they
-- are served, varied and acted on.

create table disclosure (
  force_id         text collate "C" not null,
  disclosure_id    uuid not null,
  person_id        uuid not null,
  recipient_kind   text collate "C" not null check (recipient_kind in ('person', 'third_party')),
  recipient_id     uuid,
  third_party      text,
  route            text collate "C" not null check (route in ('right_to_ask', 'right_to_know')),
  case_id          uuid,
  applicant        text collate "C" not null check (applicant in ('recipient', 'third_party', 'police', 'agency')),
  application      text not null,
  status           text collate "C" not null default 'received',
  occurred_at      timestamptz not null,
  due_at           timestamptz not null,
  initial_check    text,
  initial_check_by text,
  initial_check_at timestamptz,
  decision         text collate "C" check (decision in ('disclose', 'nothing_to_disclose', 'refuse')),
  basis            text collate "C"
                   check (basis in ('consent', 'vital_interest', 'prevent_serious_harm', 'safeguarding_child', 'safeguarding_adult',
                                    'legal_duty', 'policing_purpose')),
  decision_reason  text,
  decided_by       text,
  decided_at       timestamptz,
  safe_delivery    text,
  disclosed        text,
  answered_at      timestamptz,
  reason           text,
  status_since     timestamptz not null default domain_now(),
  recorded_by      text not null default current_actor(),
  recorded_at      timestamptz not null default domain_now(),
  version          int not null default 1,
  changed_by       text not null default current_actor(),
  changed_at       timestamptz not null default domain_now(),
  primary key (force_id, disclosure_id),
  constraint disclosure_person foreign key (force_id, person_id) references person,
  constraint disclosure_recipient foreign key (force_id, recipient_id) references person,
  constraint disclosure_case foreign key (force_id, case_id) references case_file,
  constraint disclosure_recipient_named check (case recipient_kind when 'person' then recipient_id is not null else third_party is not null end),
  constraint disclosure_two_people check (person_id <> recipient_id)
);
create index disclosure_by_status on disclosure (force_id, status, due_at, disclosure_id);
create index disclosure_of_case on disclosure (force_id, case_id, occurred_at, disclosure_id) where case_id is not null;
create index disclosure_of_person on disclosure (force_id, person_id, occurred_at, disclosure_id);
comment on table disclosure is 'Whether someone may be told of another''s past violence (Clare''s Law), from application or own motion to its answer.';
comment on column disclosure.force_id is 'Force.';
comment on column disclosure.disclosure_id is 'Identifier.';
comment on column disclosure.person_id is 'The one whom it is about.';
comment on column disclosure.recipient_kind is 'Who would be told: person, the one at risk; or third_party, someone who can protect them.';
comment on column disclosure.recipient_id is 'The one who would be told, where recorded.';
comment on column disclosure.third_party is 'Who the third party is and why they can protect.';
comment on column disclosure.route is 'right_to_ask: someone asked; right_to_know: the police consider it themselves.';
comment on column disclosure.case_id is 'The case that it arose from.';
comment on column disclosure.applicant is 'Who asked: recipient, third_party, police or agency.';
comment on column disclosure.application is 'What was asked, or seen, and why it gives cause for concern.';
comment on column disclosure.status is 'State of the machine "disclosure".';
comment on column disclosure.occurred_at is 'When it was received; the clock starts.';
comment on column disclosure.due_at is 'By when it should be answered.';
comment on column disclosure.initial_check is 'What the initial checks found.';
comment on column disclosure.initial_check_by is 'Who made the initial checks.';
comment on column disclosure.initial_check_at is 'When the initial checks were made.';
comment on column disclosure.decision is 'What was decided: disclose, nothing_to_disclose or refuse.';
comment on column disclosure.basis is 'Lawful basis of the disclosure.';
comment on column disclosure.decision_reason is 'Why it was decided so.';
comment on column disclosure.decided_by is 'Who decided.';
comment on column disclosure.decided_at is 'When it was decided.';
comment on column disclosure.safe_delivery is 'How to tell safely: where, when, by whom, who must not be there.';
comment on column disclosure.disclosed is 'What was told.';
comment on column disclosure.answered_at is 'When it was disclosed, answered with nothing to disclose, or refused; null until then.';
comment on column disclosure.reason is 'Why the last move was made, where given.';
comment on column disclosure.status_since is 'When the last move happened.';
comment on column disclosure.recorded_by is 'Who recorded it first.';
comment on column disclosure.recorded_at is 'When it was recorded.';
comment on column disclosure.version is 'Rises with every change.';
comment on column disclosure.changed_by is 'Who changed it last.';
comment on column disclosure.changed_at is 'When it was changed last.';

create table disclosure_transition (
  force_id      text collate "C" not null,
  transition_id uuid not null,
  disclosure_id uuid not null,
  case_id       uuid,
  person_id     uuid not null,
  number        int not null,
  from_status   text collate "C" not null,
  to_status     text collate "C" not null,
  reason        text,
  occurred_at   timestamptz not null,
  recorded_by   text not null default current_actor(),
  recorded_at   timestamptz not null default domain_now(),
  version       int not null default 1,
  primary key (force_id, transition_id),
  constraint disclosure_transition_number unique (force_id, disclosure_id, number),
  constraint disclosure_transition_disclosure foreign key (force_id, disclosure_id) references disclosure
);
comment on table disclosure_transition is 'One move of a disclosure.';
comment on column disclosure_transition.force_id is 'Force.';
comment on column disclosure_transition.transition_id is 'Identifier.';
comment on column disclosure_transition.disclosure_id is 'The disclosure.';
comment on column disclosure_transition.case_id is 'Its case.';
comment on column disclosure_transition.person_id is 'The one whom it is about.';
comment on column disclosure_transition.number is 'Version that the move gave the record: moves in their order.';
comment on column disclosure_transition.from_status is 'State before.';
comment on column disclosure_transition.to_status is 'State after.';
comment on column disclosure_transition.reason is 'Why.';
comment on column disclosure_transition.occurred_at is 'When it happened.';
comment on column disclosure_transition.recorded_by is 'Who made it.';
comment on column disclosure_transition.recorded_at is 'When it was recorded.';
comment on column disclosure_transition.version is 'Always 1.';

create table school_notification (
  force_id        text collate "C" not null,
  notification_id uuid not null,
  child_id        uuid not null,
  case_id         uuid,
  contact_id      uuid,
  school          text not null,
  told_to         text,
  method          text collate "C" not null check (method in ('phone', 'email', 'portal', 'in_person', 'other')),
  notified_by     text not null default current_actor(),
  shared          text,
  outcome         text collate "C" not null
                  check (outcome in ('acknowledged', 'message_left', 'no_answer', 'not_at_this_school', 'other')),
  outcome_note    text,
  occurred_at     timestamptz not null,
  due_at          timestamptz,
  compliant       boolean not null default true,
  faults          jsonb not null default '[]',
  recorded_by     text not null default current_actor(),
  recorded_at     timestamptz not null default domain_now(),
  version         int not null default 1,
  primary key (force_id, notification_id),
  constraint school_notification_child foreign key (force_id, child_id) references person,
  constraint school_notification_case foreign key (force_id, case_id) references case_file,
  constraint school_notification_contact foreign key (force_id, contact_id) references contact,
  constraint school_notification_about check (case_id is not null or contact_id is not null)
);
create index school_notification_of_case on school_notification (force_id, case_id, occurred_at, notification_id) where case_id is not null;
create index school_notification_of_contact on school_notification (force_id, contact_id, occurred_at, notification_id) where contact_id is not null;
create index school_notification_of_child on school_notification (force_id, child_id, occurred_at, notification_id);
comment on table school_notification is 'A child''s school was told of domestic abuse (Operation Encompass); stored even when it was late.';
comment on column school_notification.force_id is 'Force.';
comment on column school_notification.notification_id is 'Identifier.';
comment on column school_notification.child_id is 'The child.';
comment on column school_notification.case_id is 'The case.';
comment on column school_notification.contact_id is 'The contact.';
comment on column school_notification.school is 'Name of the school.';
comment on column school_notification.told_to is 'Who was told there: the key adult, say.';
comment on column school_notification.method is 'How they were told.';
comment on column school_notification.notified_by is 'Staff reference of who told them, or whoever else did.';
comment on column school_notification.shared is 'What they were told.';
comment on column school_notification.outcome is 'What came of it.';
comment on column school_notification.outcome_note is 'What came of it, in words.';
comment on column school_notification.occurred_at is 'When the school was told.';
comment on column school_notification.due_at is 'Start of the next school day after the contact; null for a case of no contact.';
comment on column school_notification.compliant is 'Whether every rule was kept.';
comment on column school_notification.faults is 'Which rules were broken: code, detail.';
comment on column school_notification.recorded_by is 'Who recorded it.';
comment on column school_notification.recorded_at is 'When it was recorded.';
comment on column school_notification.version is 'Always 1.';

create table video_response (
  force_id        text collate "C" not null,
  response_id     uuid not null,
  contact_id      uuid not null,
  status          text collate "C" not null default 'offered',
  emergency       boolean not null,
  offender_absent boolean not null,
  victim_safe     boolean not null,
  victim_able     boolean not null,
  victim_chose    boolean not null,
  consent         text collate "C" not null default 'not_asked' check (consent in ('given', 'refused', 'not_asked')),
  consent_note    text,
  scheduled_for   timestamptz,
  started_at      timestamptz,
  ended_at        timestamptz,
  outcome         text collate "C"
                  check (outcome in ('statement_taken', 'evidence_taken', 'safety_plan_agreed', 'advice_given', 'victim_left',
                                     'technical_failure', 'other')),
  outcome_note    text,
  reason          text,
  occurred_at     timestamptz not null,
  compliant       boolean not null default true,
  faults          jsonb not null default '[]',
  status_since    timestamptz not null default domain_now(),
  recorded_by     text not null default current_actor(),
  recorded_at     timestamptz not null default domain_now(),
  version         int not null default 1,
  changed_by      text not null default current_actor(),
  changed_at      timestamptz not null default domain_now(),
  primary key (force_id, response_id),
  constraint video_response_contact foreign key (force_id, contact_id) references contact
);
create index video_response_of_contact on video_response (force_id, contact_id, recorded_at, response_id);
create index video_response_by_status on video_response (force_id, status, recorded_at, response_id);
comment on table video_response is 'A victim was answered, or was to be answered, by video instead of a visit.';
comment on column video_response.force_id is 'Force.';
comment on column video_response.response_id is 'Identifier.';
comment on column video_response.contact_id is 'The contact.';
comment on column video_response.status is 'State of the machine "video_response".';
comment on column video_response.emergency is 'Whether it was an emergency, as stated; the contact''s own grade counts beside it.';
comment on column video_response.offender_absent is 'Whether the offender was absent, as stated; the contact''s own flag counts beside it.';
comment on column video_response.victim_safe is 'Whether the victim was safe.';
comment on column video_response.victim_able is 'Whether the victim was able to take part.';
comment on column video_response.victim_chose is 'Whether the victim chose it over a visit.';
comment on column video_response.consent is 'Whether the victim agreed to the call: given, refused or not_asked.';
comment on column video_response.consent_note is 'How and to what they agreed.';
comment on column video_response.scheduled_for is 'For when it is arranged.';
comment on column video_response.started_at is 'When it started.';
comment on column video_response.ended_at is 'When it ended.';
comment on column video_response.outcome is 'What came of it.';
comment on column video_response.outcome_note is 'What came of it, in words.';
comment on column video_response.reason is 'Why the last move was made, where given.';
comment on column video_response.occurred_at is 'When it was offered, or when what is reported of it happened.';
comment on column video_response.compliant is 'Whether every rule was kept.';
comment on column video_response.faults is 'Which rules were broken: code, detail.';
comment on column video_response.status_since is 'When the last move happened.';
comment on column video_response.recorded_by is 'Who recorded it first.';
comment on column video_response.recorded_at is 'When it was recorded.';
comment on column video_response.version is 'Rises with every change.';
comment on column video_response.changed_by is 'Who changed it last.';
comment on column video_response.changed_at is 'When it was changed last.';

create table video_response_transition (
  force_id      text collate "C" not null,
  transition_id uuid not null,
  response_id   uuid not null,
  contact_id    uuid not null,
  number        int not null,
  from_status   text collate "C" not null,
  to_status     text collate "C" not null,
  reason        text,
  occurred_at   timestamptz not null,
  recorded_by   text not null default current_actor(),
  recorded_at   timestamptz not null default domain_now(),
  version       int not null default 1,
  primary key (force_id, transition_id),
  constraint video_response_transition_number unique (force_id, response_id, number),
  constraint video_response_transition_response foreign key (force_id, response_id) references video_response
);
comment on table video_response_transition is 'One move of a video response.';
comment on column video_response_transition.force_id is 'Force.';
comment on column video_response_transition.transition_id is 'Identifier.';
comment on column video_response_transition.response_id is 'The video response.';
comment on column video_response_transition.contact_id is 'Its contact.';
comment on column video_response_transition.number is 'Version that the move gave the record: moves in their order.';
comment on column video_response_transition.from_status is 'State before.';
comment on column video_response_transition.to_status is 'State after.';
comment on column video_response_transition.reason is 'Why.';
comment on column video_response_transition.occurred_at is 'When it happened.';
comment on column video_response_transition.recorded_by is 'Who made it.';
comment on column video_response_transition.recorded_at is 'When it was recorded.';
comment on column video_response_transition.version is 'Always 1.';

-- Orders. A bail condition is recorded as they are: it is imposed, varied, breached, and it ends.

alter table protection_order drop constraint protection_order_kind_check;
alter table protection_order add constraint protection_order_kind_check check (
  kind in ('dapn', 'dapo', 'dvpn', 'dvpo', 'non_molestation', 'occupation', 'restraining', 'stalking_protection', 'bail'));
comment on column protection_order.kind is
  'dapn and dvpn are notices of the police; bail is conditions of bail, of police or court; the others are orders of a court.';

alter table protection_order_transition add column conditions_before jsonb not null default '[]';
alter table protection_order_transition add column expires_before timestamptz;
comment on column protection_order_transition.conditions_before is 'What the order forbade or required before the move.';
comment on column protection_order_transition.expires_before is 'When the order was to end before the move.';

create table protection_order_serving (
  force_id    text collate "C" not null,
  serving_id  uuid not null,
  order_id    uuid not null,
  case_id     uuid not null,
  person_id   uuid not null,
  served_by   text not null default current_actor(),
  method      text collate "C" not null
              check (method in ('in_person', 'in_court', 'left_at_address', 'representative', 'electronic', 'other')),
  note        text,
  occurred_at timestamptz not null,
  compliant   boolean not null default true,
  faults      jsonb not null default '[]',
  recorded_by text not null default current_actor(),
  recorded_at timestamptz not null default domain_now(),
  version     int not null default 1,
  primary key (force_id, serving_id),
  constraint protection_order_serving_order foreign key (force_id, order_id) references protection_order,
  constraint protection_order_serving_person foreign key (force_id, person_id) references person
);
create index protection_order_serving_of_order on protection_order_serving (force_id, order_id, occurred_at, serving_id);
comment on table protection_order_serving is 'An order, a notice or a variation was served on someone.';
comment on column protection_order_serving.force_id is 'Force.';
comment on column protection_order_serving.serving_id is 'Identifier.';
comment on column protection_order_serving.order_id is 'The order.';
comment on column protection_order_serving.case_id is 'Its case.';
comment on column protection_order_serving.person_id is 'On whom it was served.';
comment on column protection_order_serving.served_by is 'Who served it.';
comment on column protection_order_serving.method is 'How.';
comment on column protection_order_serving.note is 'What was said and explained.';
comment on column protection_order_serving.occurred_at is 'When it was served.';
comment on column protection_order_serving.compliant is 'Whether every rule was kept.';
comment on column protection_order_serving.faults is 'Which rules were broken: code, detail.';
comment on column protection_order_serving.recorded_by is 'Who recorded it.';
comment on column protection_order_serving.recorded_at is 'When it was recorded.';
comment on column protection_order_serving.version is 'Always 1.';

create table protection_order_breach_action (
  force_id    text collate "C" not null,
  action_id   uuid not null,
  breach_id   uuid not null,
  order_id    uuid not null,
  case_id     uuid not null,
  action      text collate "C" not null check (action in ('arrested', 'charged', 'summonsed', 'reported_to_court', 'warned')),
  taken_by    text,
  note        text,
  occurred_at timestamptz not null,
  compliant   boolean not null default true,
  faults      jsonb not null default '[]',
  recorded_by text not null default current_actor(),
  recorded_at timestamptz not null default domain_now(),
  version     int not null default 1,
  primary key (force_id, action_id),
  constraint protection_order_breach_action_breach foreign key (force_id, breach_id) references protection_order_breach
);
create index protection_order_breach_action_of_breach on protection_order_breach_action (force_id, breach_id, occurred_at, action_id);
comment on table protection_order_breach_action is 'What was done about a breach after it was reported; what was reported with it stands there.';
comment on column protection_order_breach_action.force_id is 'Force.';
comment on column protection_order_breach_action.action_id is 'Identifier.';
comment on column protection_order_breach_action.breach_id is 'The breach.';
comment on column protection_order_breach_action.order_id is 'The order.';
comment on column protection_order_breach_action.case_id is 'Its case.';
comment on column protection_order_breach_action.action is 'What was done.';
comment on column protection_order_breach_action.taken_by is 'Who did it.';
comment on column protection_order_breach_action.note is 'What was done, in words.';
comment on column protection_order_breach_action.occurred_at is 'When it was done.';
comment on column protection_order_breach_action.compliant is 'Whether every rule was kept.';
comment on column protection_order_breach_action.faults is 'Which rules were broken: code, detail.';
comment on column protection_order_breach_action.recorded_by is 'Who recorded it.';
comment on column protection_order_breach_action.recorded_at is 'When it was recorded.';
comment on column protection_order_breach_action.version is 'Always 1.';
