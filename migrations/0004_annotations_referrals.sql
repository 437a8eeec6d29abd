-- What specialists note beside a record, whom they refer a victim to, which orders protect, and the sandbox's clock.

create table annotation (
  force_id      text collate "C" not null,
  annotation_id uuid not null,
  case_id       uuid,
  contact_id    uuid,
  subject_kind  text collate "C" not null,
  subject_id    uuid not null,
  question_key  text collate "C",
  kind          text collate "C" not null
                check (kind in ('advice', 'feedback', 'risk_note', 'missed_opportunity', 'correction')),
  content       text not null,
  visibility    text collate "C" not null default 'everyone'
                check (visibility in ('everyone', 'specialists_and_supervisors', 'author_and_supervisors')),
  reply_to      uuid,
  supersedes    uuid,
  begun_by      text collate "C" not null default current_actor(),
  recorded_by   text collate "C" not null default current_actor(),
  recorded_at   timestamptz not null default domain_now(),
  version       int not null default 1,
  primary key (force_id, annotation_id),
  constraint annotation_case foreign key (force_id, case_id) references case_file,
  constraint annotation_contact foreign key (force_id, contact_id) references contact,
  constraint annotation_reply foreign key (force_id, reply_to) references annotation,
  constraint annotation_predecessor foreign key (force_id, supersedes) references annotation,
  constraint annotation_superseded_once unique (force_id, supersedes)
);
create index annotation_of_case on annotation (force_id, case_id, recorded_at, annotation_id);
create index annotation_of_contact on annotation (force_id, contact_id, recorded_at, annotation_id) where contact_id is not null;
create index annotation_of_subject on annotation (force_id, subject_id, recorded_at, annotation_id);
comment on table annotation is 'A note anchored to a record, or to one answer of an assessment; never edited, only superseded.';
comment on column annotation.force_id is 'Force.';
comment on column annotation.annotation_id is 'Identifier.';
comment on column annotation.case_id is 'The case its subject belongs to; null for a contact or person of no case, or of several.';
comment on column annotation.contact_id is 'The contact its subject is, or is part of.';
comment on column annotation.subject_kind is 'What kind of record it is about.';
comment on column annotation.subject_id is 'Which record it is about.';
comment on column annotation.question_key is 'The one answer it is about, where the subject is an assessment.';
comment on column annotation.kind is 'advice, feedback, risk_note, missed_opportunity or correction.';
comment on column annotation.content is 'What it says.';
comment on column annotation.visibility is 'Who may read it, beside its author and who began the thread.';
comment on column annotation.reply_to is 'The annotation it answers.';
comment on column annotation.supersedes is 'The annotation that it takes the place of.';
comment on column annotation.begun_by is 'Who wrote the first annotation of its thread, and so may read the answers.';
comment on column annotation.recorded_by is 'Its author.';
comment on column annotation.recorded_at is 'When it was recorded.';
comment on column annotation.version is 'Always 1.';

create table annotation_acknowledgement (
  force_id           text collate "C" not null,
  acknowledgement_id uuid not null,
  annotation_id      uuid not null,
  case_id            uuid,
  note               text,
  recorded_by        text collate "C" not null default current_actor(),
  recorded_at        timestamptz not null default domain_now(),
  version            int not null default 1,
  primary key (force_id, acknowledgement_id),
  constraint annotation_acknowledgement_once unique (force_id, annotation_id, recorded_by),
  constraint annotation_acknowledgement_annotation foreign key (force_id, annotation_id) references annotation
);
comment on table annotation_acknowledgement is 'Someone says that they have read an annotation.';
comment on column annotation_acknowledgement.force_id is 'Force.';
comment on column annotation_acknowledgement.acknowledgement_id is 'Identifier.';
comment on column annotation_acknowledgement.annotation_id is 'The annotation.';
comment on column annotation_acknowledgement.case_id is 'Its case.';
comment on column annotation_acknowledgement.note is 'What they say to it.';
comment on column annotation_acknowledgement.recorded_by is 'Who read it.';
comment on column annotation_acknowledgement.recorded_at is 'When.';
comment on column annotation_acknowledgement.version is 'Always 1.';

create table service (
  force_id                 text collate "C" not null,
  service_id               uuid not null,
  name                     text not null,
  kind                     text collate "C" not null
                           check (kind in ('marac', 'idva', 'advocacy', 'health', 'housing', 'childrens_services', 'adult_safeguarding',
                                           'perpetrator_programme', 'police_unit', 'other')),
  acknowledge_within_hours jsonb not null default '{}',
  recipients               jsonb not null default '[]',
  note                     text,
  enabled                  boolean not null default true,
  recorded_by              text not null default current_actor(),
  recorded_at              timestamptz not null default domain_now(),
  version                  int not null default 1,
  changed_by               text not null default current_actor(),
  changed_at               timestamptz not null default domain_now(),
  primary key (force_id, service_id),
  constraint service_name_unique unique (force_id, name)
);
comment on table service is 'Somewhere victims, children or perpetrators are referred to.';
comment on column service.force_id is 'Force.';
comment on column service.service_id is 'Identifier.';
comment on column service.name is 'Its name.';
comment on column service.kind is 'What it is; marac is the multi-agency risk assessment conference.';
comment on column service.acknowledge_within_hours is 'Hours in which it should acknowledge, by grade; a grade left out takes the force''s setting.';
comment on column service.recipients is 'Who receives referrals unless one names others: name, organisation, email, phone.';
comment on column service.note is 'What to know before referring.';
comment on column service.enabled is 'Off: takes no new referrals.';
comment on column service.recorded_by is 'Who recorded it first.';
comment on column service.recorded_at is 'When.';
comment on column service.version is 'Rises with every change.';
comment on column service.changed_by is 'Who changed it last.';
comment on column service.changed_at is 'When it was changed last.';

create table referral (
  force_id              text collate "C" not null,
  referral_id           uuid not null,
  case_id               uuid not null,
  service_id            uuid not null,
  status                text collate "C" not null default 'draft',
  grade                 grade not null,
  summary               text not null,
  consent               boolean not null,
  basis                 text collate "C" not null
                        check (basis in ('consent', 'vital_interest', 'prevent_serious_harm', 'safeguarding_child', 'safeguarding_adult',
                                         'legal_duty', 'policing_purpose')),
  basis_reason          text,
  professional_judgement text,
  criteria              jsonb not null default '[]',
  recipients            jsonb not null default '[]',
  reason                text,
  service_reference     text,
  outcome               text collate "C"
                        check (outcome in ('engaged', 'support_completed', 'safety_plan_agreed', 'conference_held', 'victim_declined',
                                           'could_not_reach', 'not_eligible', 'other')),
  outcome_note          text,
  sent_at               timestamptz,
  acknowledge_by        timestamptz,
  status_since          timestamptz not null default domain_now(),
  recorded_by           text not null default current_actor(),
  recorded_at           timestamptz not null default domain_now(),
  version               int not null default 1,
  changed_by            text not null default current_actor(),
  changed_at            timestamptz not null default domain_now(),
  primary key (force_id, referral_id),
  constraint referral_case foreign key (force_id, case_id) references case_file,
  constraint referral_service foreign key (force_id, service_id) references service,
  constraint referral_without_consent check (basis <> 'consent' and basis_reason is not null or consent)
);
create index referral_of_case on referral (force_id, case_id, recorded_at, referral_id);
create index referral_by_status on referral (force_id, status, recorded_at, referral_id);
create index referral_awaited on referral (force_id, acknowledge_by) where status = 'sent';
comment on table referral is 'A case referred to a service, from draft to outcome.';
comment on column referral.force_id is 'Force.';
comment on column referral.referral_id is 'Identifier.';
comment on column referral.case_id is 'The case.';
comment on column referral.service_id is 'The service.';
comment on column referral.status is 'State of the machine "referral".';
comment on column referral.grade is 'Risk it was referred at; decides the deadline.';
comment on column referral.summary is 'Why, and what is asked for.';
comment on column referral.consent is 'Whether the victim agreed.';
comment on column referral.basis is 'Lawful basis of the disclosure.';
comment on column referral.basis_reason is 'Why that basis holds; required without consent.';
comment on column referral.professional_judgement is 'The referrer''s own reasons, a criterion of its own for a conference.';
comment on column referral.criteria is 'Criteria of a conference as they stood when it was written: code, met, detail.';
comment on column referral.recipients is 'To whom it was sent: name, organisation, email, phone.';
comment on column referral.reason is 'Why the last move was made, where given.';
comment on column referral.service_reference is 'The service''s own reference.';
comment on column referral.outcome is 'What came of it.';
comment on column referral.outcome_note is 'What came of it, in words.';
comment on column referral.sent_at is 'When it was last sent.';
comment on column referral.acknowledge_by is 'By when the service should acknowledge it.';
comment on column referral.status_since is 'When the last move happened.';
comment on column referral.recorded_by is 'Who wrote it.';
comment on column referral.recorded_at is 'When it was recorded.';
comment on column referral.version is 'Rises with every change.';
comment on column referral.changed_by is 'Who changed it last.';
comment on column referral.changed_at is 'When it was changed last.';

create table referral_transition (
  force_id      text collate "C" not null,
  transition_id uuid not null,
  referral_id   uuid not null,
  case_id       uuid not null,
  number        int not null,
  from_status   text collate "C" not null,
  to_status     text collate "C" not null,
  reason        text,
  outcome       text collate "C",
  occurred_at   timestamptz not null,
  recorded_by   text not null default current_actor(),
  recorded_at   timestamptz not null default domain_now(),
  version       int not null default 1,
  primary key (force_id, transition_id),
  constraint referral_transition_number unique (force_id, referral_id, number),
  constraint referral_transition_referral foreign key (force_id, referral_id) references referral
);
comment on table referral_transition is 'One move of a referral.';
comment on column referral_transition.force_id is 'Force.';
comment on column referral_transition.transition_id is 'Identifier.';
comment on column referral_transition.referral_id is 'The referral.';
comment on column referral_transition.case_id is 'Its case.';
comment on column referral_transition.number is 'Version that the move gave the record: moves in their order.';
comment on column referral_transition.from_status is 'State before.';
comment on column referral_transition.to_status is 'State after.';
comment on column referral_transition.reason is 'Why.';
comment on column referral_transition.outcome is 'What came of it, where the move tells.';
comment on column referral_transition.occurred_at is 'When it happened.';
comment on column referral_transition.recorded_by is 'Who made it.';
comment on column referral_transition.recorded_at is 'When it was recorded.';
comment on column referral_transition.version is 'Always 1.';

create table protection_order (
  force_id     text collate "C" not null,
  order_id     uuid not null,
  case_id      uuid not null,
  kind         text collate "C" not null
               check (kind in ('dapn', 'dapo', 'dvpn', 'dvpo', 'non_molestation', 'occupation', 'restraining', 'stalking_protection')),
  machine      text collate "C" not null
               check (machine = case when kind in ('dapn', 'dvpn') then 'protection_notice' else 'protection_order' end),
  status       text collate "C" not null default 'considered',
  reference    text,
  court        text,
  conditions   jsonb not null default '[]',
  reason       text,
  authorised_by text,
  granted_at   timestamptz,
  expires_at   timestamptz,
  status_since timestamptz not null default domain_now(),
  recorded_by  text not null default current_actor(),
  recorded_at  timestamptz not null default domain_now(),
  version      int not null default 1,
  changed_by   text not null default current_actor(),
  changed_at   timestamptz not null default domain_now(),
  primary key (force_id, order_id),
  constraint protection_order_case foreign key (force_id, case_id) references case_file,
  constraint protection_order_expiry check (expires_at > granted_at)
);
create index protection_order_of_case on protection_order (force_id, case_id, recorded_at, order_id);
create index protection_order_by_status on protection_order (force_id, status, recorded_at, order_id);
comment on table protection_order is 'A notice or order that protects a victim, from first thought to its end.';
comment on column protection_order.force_id is 'Force.';
comment on column protection_order.order_id is 'Identifier.';
comment on column protection_order.case_id is 'The case.';
comment on column protection_order.kind is 'dapn and dvpn are notices of the police; the others are orders of a court.';
comment on column protection_order.machine is 'Which machine its states follow: protection_notice or protection_order.';
comment on column protection_order.status is 'State of that machine.';
comment on column protection_order.reference is 'The court''s or the force''s own reference.';
comment on column protection_order.court is 'Which court.';
comment on column protection_order.conditions is 'What it forbids or requires, a sentence each.';
comment on column protection_order.reason is 'Why the last move was made, where given.';
comment on column protection_order.authorised_by is 'Staff reference of the inspector or above who authorised a notice.';
comment on column protection_order.granted_at is 'When a court granted it, or a notice was served.';
comment on column protection_order.expires_at is 'When it ends; null: until discharged.';
comment on column protection_order.status_since is 'When the last move happened.';
comment on column protection_order.recorded_by is 'Who recorded it first.';
comment on column protection_order.recorded_at is 'When it was recorded.';
comment on column protection_order.version is 'Rises with every change.';
comment on column protection_order.changed_by is 'Who changed it last.';
comment on column protection_order.changed_at is 'When it was changed last.';

create table protection_order_transition (
  force_id      text collate "C" not null,
  transition_id uuid not null,
  order_id      uuid not null,
  case_id       uuid not null,
  number        int not null,
  from_status   text collate "C" not null,
  to_status     text collate "C" not null,
  reason        text,
  occurred_at   timestamptz not null,
  recorded_by   text not null default current_actor(),
  recorded_at   timestamptz not null default domain_now(),
  version       int not null default 1,
  primary key (force_id, transition_id),
  constraint protection_order_transition_number unique (force_id, order_id, number),
  constraint protection_order_transition_order foreign key (force_id, order_id) references protection_order
);
comment on table protection_order_transition is 'One move of an order or a notice.';
comment on column protection_order_transition.force_id is 'Force.';
comment on column protection_order_transition.transition_id is 'Identifier.';
comment on column protection_order_transition.order_id is 'The order.';
comment on column protection_order_transition.case_id is 'Its case.';
comment on column protection_order_transition.number is 'Version that the move gave the record: moves in their order.';
comment on column protection_order_transition.from_status is 'State before.';
comment on column protection_order_transition.to_status is 'State after.';
comment on column protection_order_transition.reason is 'Why.';
comment on column protection_order_transition.occurred_at is 'When it happened.';
comment on column protection_order_transition.recorded_by is 'Who made it.';
comment on column protection_order_transition.recorded_at is 'When it was recorded.';
comment on column protection_order_transition.version is 'Always 1.';

create table protection_order_breach (
  force_id     text collate "C" not null,
  breach_id    uuid not null,
  order_id     uuid not null,
  case_id      uuid not null,
  contact_id   uuid,
  description  text not null,
  action       text collate "C" not null
               check (action in ('arrested', 'charged', 'summonsed', 'reported_to_court', 'warned', 'none')),
  action_at    timestamptz,
  action_note  text,
  occurred_at  timestamptz not null,
  compliant    boolean not null default true,
  faults       jsonb not null default '[]',
  recorded_by  text not null default current_actor(),
  recorded_at  timestamptz not null default domain_now(),
  version      int not null default 1,
  primary key (force_id, breach_id),
  constraint protection_order_breach_order foreign key (force_id, order_id) references protection_order,
  constraint protection_order_breach_contact foreign key (force_id, contact_id) references contact
);
create index protection_order_breach_of_order on protection_order_breach (force_id, order_id, occurred_at, breach_id);
create index protection_order_breach_of_case on protection_order_breach (force_id, case_id, occurred_at);
comment on table protection_order_breach is 'An order was breached, and what was done about it; stored even when nothing was.';
comment on column protection_order_breach.force_id is 'Force.';
comment on column protection_order_breach.breach_id is 'Identifier.';
comment on column protection_order_breach.order_id is 'The order.';
comment on column protection_order_breach.case_id is 'Its case.';
comment on column protection_order_breach.contact_id is 'The contact that told of it.';
comment on column protection_order_breach.description is 'What happened.';
comment on column protection_order_breach.action is 'What was done.';
comment on column protection_order_breach.action_at is 'When that was done.';
comment on column protection_order_breach.action_note is 'What was done, or why nothing, in words.';
comment on column protection_order_breach.occurred_at is 'When it was breached.';
comment on column protection_order_breach.compliant is 'Whether every rule was kept.';
comment on column protection_order_breach.faults is 'Which rules were broken: code, detail.';
comment on column protection_order_breach.recorded_by is 'Who recorded it.';
comment on column protection_order_breach.recorded_at is 'When it was recorded.';
comment on column protection_order_breach.version is 'Always 1.';

create table sandbox_clock_setting (
  force_id         text collate "C" not null,
  clock_setting_id uuid not null,
  set_to           timestamptz not null check (set_to between '2000-01-01Z' and '2100-01-01Z'),
  reason           text,
  recorded_by      text not null default current_actor(),
  recorded_at      timestamptz not null default clock_timestamp(),
  version          int not null default 1,
  primary key (force_id, clock_setting_id)
);
create index sandbox_clock_setting_latest on sandbox_clock_setting (force_id, recorded_at);
comment on table sandbox_clock_setting is 'A sandbox''s clock was set; the record sets it.';
comment on column sandbox_clock_setting.force_id is 'Force.';
comment on column sandbox_clock_setting.clock_setting_id is 'Identifier.';
comment on column sandbox_clock_setting.set_to is 'What the clock showed from then on.';
comment on column sandbox_clock_setting.reason is 'What for.';
comment on column sandbox_clock_setting.recorded_by is 'Who set it.';
comment on column sandbox_clock_setting.recorded_at is 'Real time.';
comment on column sandbox_clock_setting.version is 'Always 1.';

create table reference_word (
  list     text collate "C" not null,
  code     text collate "C" not null,
  number   int not null,
  name     text not null,
  primary key (list, code)
);
comment on table reference_word is 'The words of each enumeration, with what to show people.';
comment on column reference_word.list is 'Which enumeration, e.g. annotation_kinds.';
comment on column reference_word.code is 'The word as requests and answers carry it.';
comment on column reference_word.number is 'Its place in the list, from 1.';
comment on column reference_word.name is 'What to show people.';
