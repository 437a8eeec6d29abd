-- Decisions on alerts, missed opportunities from detection to remedy, checks of handlers' decisions, who may be the primary
-- aggressor, and restricted cases opened in an emergency.

alter table alert add column addressed_to text;
comment on column alert.addressed_to is 'Staff reference of the one supervisor that it is put to; others of its audience may read it too.';

create index alert_by_detector on alert (force_id, detector, occurred_at, alert_id);

create table alert_decision (
  force_id         text collate "C" not null,
  decision_id      uuid not null,
  alert_id         uuid not null,
  case_id          uuid,
  contact_id       uuid,
  detector         text collate "C" not null,
  detector_version int not null,
  decision         text collate "C" not null check (decision in ('confirm', 'dismiss', 'missed_opportunity')),
  reason           text,
  occurred_at      timestamptz not null default domain_now(),
  recorded_by      text not null default current_actor(),
  recorded_at      timestamptz not null default domain_now(),
  version          int not null default 1,
  primary key (force_id, decision_id),
  constraint alert_decided_once unique (force_id, alert_id),
  constraint alert_decision_alert foreign key (force_id, alert_id) references alert
);
create index alert_decision_by_age on alert_decision (force_id, recorded_at, decision_id);
create index alert_decision_by_detector on alert_decision (force_id, detector, recorded_at, decision_id);
comment on table alert_decision is 'What a person decided about an alert; never edited.';
comment on column alert_decision.force_id is 'Force.';
comment on column alert_decision.decision_id is 'Identifier.';
comment on column alert_decision.alert_id is 'The alert.';
comment on column alert_decision.case_id is 'Its case.';
comment on column alert_decision.contact_id is 'Its contact.';
comment on column alert_decision.detector is 'Which detector it was of, so that dismissals can be counted by rule.';
comment on column alert_decision.detector_version is 'That detector''s version.';
comment on column alert_decision.decision is 'confirm, dismiss, or missed_opportunity, which confirms and begins a missed opportunity.';
comment on column alert_decision.reason is 'Why; a dismissal has one.';
comment on column alert_decision.occurred_at is 'When it was decided.';
comment on column alert_decision.recorded_by is 'Who decided.';
comment on column alert_decision.recorded_at is 'When it was recorded.';
comment on column alert_decision.version is 'Always 1.';

create table decision_check (
  force_id        text collate "C" not null,
  check_id        uuid not null,
  contact_id      uuid not null,
  case_id         uuid,
  decision        text collate "C" not null
                  check (decision in ('response_grade', 'deployment', 'closure', 'assessment_grade', 'history_check', 'call_handling', 'other')),
  decision_id     uuid,
  handler         text not null,
  contact_handler text not null,
  agrees          boolean not null,
  reasons         text not null,
  alternative     text,
  told_handler_at timestamptz,
  occurred_at     timestamptz not null default domain_now(),
  recorded_by     text not null default current_actor(),
  recorded_at     timestamptz not null default domain_now(),
  version         int not null default 1,
  changed_by      text not null default current_actor(),
  changed_at      timestamptz not null default domain_now(),
  primary key (force_id, check_id),
  constraint decision_check_contact foreign key (force_id, contact_id) references contact,
  constraint decision_check_alternative check (agrees = (alternative is null))
);
create index decision_check_by_age on decision_check (force_id, recorded_at, check_id);
create index decision_check_of_contact on decision_check (force_id, contact_id, recorded_at, check_id);
create index decision_check_of_handler on decision_check (force_id, handler, recorded_at, check_id);
comment on table decision_check is 'A specialist looks at what a handler decided about a contact. The judgement is never edited; when the handler was told is added once.';
comment on column decision_check.force_id is 'Force.';
comment on column decision_check.check_id is 'Identifier.';
comment on column decision_check.contact_id is 'The contact.';
comment on column decision_check.case_id is 'The case that the contact concerns, when it is exactly one.';
comment on column decision_check.decision is 'Which decision.';
comment on column decision_check.decision_id is 'The record of that decision: a change of response grade, an attendance, a closing, an assessment, a look at history.';
comment on column decision_check.handler is 'Staff reference of who decided.';
comment on column decision_check.contact_handler is 'Who recorded the contact.';
comment on column decision_check.agrees is 'Whether the specialist agrees.';
comment on column decision_check.reasons is 'Why.';
comment on column decision_check.alternative is 'What should have been decided instead.';
comment on column decision_check.told_handler_at is 'When the handler was told.';
comment on column decision_check.occurred_at is 'When it was checked.';
comment on column decision_check.recorded_by is 'Who checked.';
comment on column decision_check.recorded_at is 'When it was recorded.';
comment on column decision_check.version is 'Rises with every change.';
comment on column decision_check.changed_by is 'Who changed it last.';
comment on column decision_check.changed_at is 'When it was changed last.';

create table missed_opportunity (
  force_id        text collate "C" not null,
  opportunity_id  uuid not null,
  case_id         uuid,
  contact_id      uuid,
  alert_id        uuid,
  check_id        uuid,
  kind            text collate "C" not null check (kind ~ '^[a-z][a-z0-9_]{0,59}$'),
  status          text collate "C" not null default 'detected',
  happened        text not null,
  should_have     text not null,
  occurred_at     timestamptz not null,
  action          text,
  assigned_to     text,
  due_at          timestamptz,
  remedy          text,
  reason          text,
  status_since    timestamptz not null default domain_now(),
  recorded_by     text not null default current_actor(),
  recorded_at     timestamptz not null default domain_now(),
  version         int not null default 1,
  changed_by      text not null default current_actor(),
  changed_at      timestamptz not null default domain_now(),
  primary key (force_id, opportunity_id),
  constraint missed_opportunity_case foreign key (force_id, case_id) references case_file,
  constraint missed_opportunity_contact foreign key (force_id, contact_id) references contact,
  constraint missed_opportunity_alert foreign key (force_id, alert_id) references alert,
  constraint missed_opportunity_check foreign key (force_id, check_id) references decision_check,
  constraint missed_opportunity_about_something check (num_nonnulls(case_id, contact_id) > 0),
  constraint missed_opportunity_assigned check (status <> 'action_assigned' or num_nonnulls(action, assigned_to, due_at) = 3)
);
create index missed_opportunity_by_age on missed_opportunity (force_id, recorded_at, opportunity_id);
create index missed_opportunity_by_status on missed_opportunity (force_id, status, recorded_at, opportunity_id);
create index missed_opportunity_of_case on missed_opportunity (force_id, case_id, recorded_at, opportunity_id) where case_id is not null;
create index missed_opportunity_of_assignee on missed_opportunity (force_id, assigned_to, recorded_at, opportunity_id) where assigned_to is not null;
create index missed_opportunity_awaited on missed_opportunity (force_id, recorded_at, opportunity_id) where status = 'action_assigned';
create index missed_opportunity_of_alert on missed_opportunity (force_id, alert_id) where alert_id is not null;
create index missed_opportunity_of_check on missed_opportunity (force_id, check_id) where check_id is not null;
comment on table missed_opportunity is 'A chance to keep someone safe that was not taken, from its detection to its remedy.';
comment on column missed_opportunity.force_id is 'Force.';
comment on column missed_opportunity.opportunity_id is 'Identifier.';
comment on column missed_opportunity.case_id is 'The case.';
comment on column missed_opportunity.contact_id is 'The contact.';
comment on column missed_opportunity.alert_id is 'The alert that a person made it of.';
comment on column missed_opportunity.check_id is 'The decision check that it came from.';
comment on column missed_opportunity.kind is 'Which rule was missed: a detector''s name, or other.';
comment on column missed_opportunity.status is 'State of the machine "missed_opportunity".';
comment on column missed_opportunity.happened is 'What happened.';
comment on column missed_opportunity.should_have is 'What should have happened.';
comment on column missed_opportunity.occurred_at is 'When it was missed.';
comment on column missed_opportunity.action is 'What is to be done about it.';
comment on column missed_opportunity.assigned_to is 'Staff reference of who is to do it.';
comment on column missed_opportunity.due_at is 'By when.';
comment on column missed_opportunity.remedy is 'What was done.';
comment on column missed_opportunity.reason is 'Why the last move was made, where given.';
comment on column missed_opportunity.status_since is 'When the last move happened.';
comment on column missed_opportunity.recorded_by is 'Who recorded it.';
comment on column missed_opportunity.recorded_at is 'When it was recorded.';
comment on column missed_opportunity.version is 'Rises with every change.';
comment on column missed_opportunity.changed_by is 'Who changed it last.';
comment on column missed_opportunity.changed_at is 'When it was changed last.';

create table missed_opportunity_transition (
  force_id       text collate "C" not null,
  transition_id  uuid not null,
  opportunity_id uuid not null,
  case_id        uuid,
  contact_id     uuid,
  number         int not null,
  from_status    text collate "C" not null,
  to_status      text collate "C" not null,
  reason         text,
  occurred_at    timestamptz not null,
  recorded_by    text not null default current_actor(),
  recorded_at    timestamptz not null default domain_now(),
  version        int not null default 1,
  primary key (force_id, transition_id),
  constraint missed_opportunity_transition_number unique (force_id, opportunity_id, number),
  constraint missed_opportunity_transition_opportunity foreign key (force_id, opportunity_id) references missed_opportunity
);
comment on table missed_opportunity_transition is 'One move of a missed opportunity.';
comment on column missed_opportunity_transition.force_id is 'Force.';
comment on column missed_opportunity_transition.transition_id is 'Identifier.';
comment on column missed_opportunity_transition.opportunity_id is 'The missed opportunity.';
comment on column missed_opportunity_transition.case_id is 'Its case.';
comment on column missed_opportunity_transition.contact_id is 'Its contact.';
comment on column missed_opportunity_transition.number is 'Version that the move gave the record: moves in their order.';
comment on column missed_opportunity_transition.from_status is 'State before.';
comment on column missed_opportunity_transition.to_status is 'State after.';
comment on column missed_opportunity_transition.reason is 'Why.';
comment on column missed_opportunity_transition.occurred_at is 'When it happened.';
comment on column missed_opportunity_transition.recorded_by is 'Who made it.';
comment on column missed_opportunity_transition.recorded_at is 'When it was recorded.';
comment on column missed_opportunity_transition.version is 'Always 1.';

create table primary_aggressor_assessment (
  force_id      text collate "C" not null,
  judgement_id  uuid not null,
  case_id       uuid not null,
  person_id     uuid not null,
  rationale     text not null,
  assessment_id uuid,
  occurred_at   timestamptz not null default domain_now(),
  recorded_by   text not null default current_actor(),
  recorded_at   timestamptz not null default domain_now(),
  version       int not null default 1,
  primary key (force_id, judgement_id),
  constraint primary_aggressor_assessment_case foreign key (force_id, case_id) references case_file,
  constraint primary_aggressor_assessment_person foreign key (force_id, person_id) references person,
  constraint primary_aggressor_assessment_assessment foreign key (force_id, assessment_id) references assessment
);
create index primary_aggressor_assessment_of_case on primary_aggressor_assessment (force_id, case_id, recorded_at, judgement_id);
comment on table primary_aggressor_assessment is 'Who of the two was judged to be the primary aggressor, and why; a change is a new one, the latest counts.';
comment on column primary_aggressor_assessment.force_id is 'Force.';
comment on column primary_aggressor_assessment.judgement_id is 'Identifier.';
comment on column primary_aggressor_assessment.case_id is 'The case.';
comment on column primary_aggressor_assessment.person_id is 'Which of its two parties.';
comment on column primary_aggressor_assessment.rationale is 'Why.';
comment on column primary_aggressor_assessment.assessment_id is 'The assessment that it rests on.';
comment on column primary_aggressor_assessment.occurred_at is 'When it was judged.';
comment on column primary_aggressor_assessment.recorded_by is 'Who judged.';
comment on column primary_aggressor_assessment.recorded_at is 'When it was recorded.';
comment on column primary_aggressor_assessment.version is 'Always 1.';

create table case_break_glass (
  force_id       text collate "C" not null,
  break_glass_id uuid not null,
  case_id        uuid not null,
  contact_id     uuid,
  reason         text not null,
  expires_at     timestamptz not null,
  supervisor     text not null,
  occurred_at    timestamptz not null default domain_now(),
  recorded_by    text not null default current_actor(),
  recorded_at    timestamptz not null default domain_now(),
  version        int not null default 1,
  primary key (force_id, break_glass_id),
  constraint case_break_glass_case foreign key (force_id, case_id) references case_file,
  constraint case_break_glass_contact foreign key (force_id, contact_id) references contact
);
create index case_break_glass_live on case_break_glass (force_id, recorded_by, expires_at) include (case_id);
create index case_break_glass_by_age on case_break_glass (force_id, recorded_at, break_glass_id);
create index case_break_glass_of_case on case_break_glass (force_id, case_id, recorded_at, break_glass_id);
comment on table case_break_glass is 'Someone opened a restricted case in an emergency, for a while; a supervisor outside the conflict is told.';
comment on column case_break_glass.force_id is 'Force.';
comment on column case_break_glass.break_glass_id is 'Identifier.';
comment on column case_break_glass.case_id is 'The case.';
comment on column case_break_glass.contact_id is 'The contact that it was for.';
comment on column case_break_glass.reason is 'Why.';
comment on column case_break_glass.expires_at is 'Until when the case is open to them.';
comment on column case_break_glass.supervisor is 'Staff reference of the supervisor who is told.';
comment on column case_break_glass.occurred_at is 'From when.';
comment on column case_break_glass.recorded_by is 'To whom it is open.';
comment on column case_break_glass.recorded_at is 'When it was recorded.';
comment on column case_break_glass.version is 'Always 1.';
