-- What the law's clocks of notices and orders wait for: that the magistrates heard of a notice, that who is bound by an order
-- told the police of name and address.

create table protection_order_hearing (
  force_id    text collate "C" not null,
  hearing_id  uuid not null,
  order_id    uuid not null,
  case_id     uuid not null,
  outcome     text collate "C" not null check (outcome in ('order_made', 'order_refused', 'adjourned', 'withdrawn')),
  court       text,
  adjourned_to timestamptz,
  note        text,
  occurred_at timestamptz not null,
  compliant   boolean not null default true,
  faults      jsonb not null default '[]',
  recorded_by text not null default current_actor(),
  recorded_at timestamptz not null default domain_now(),
  version     int not null default 1,
  primary key (force_id, hearing_id),
  constraint protection_order_hearing_order foreign key (force_id, order_id) references protection_order
);
create index protection_order_hearing_of_order on protection_order_hearing (force_id, order_id, occurred_at, hearing_id);
comment on table protection_order_hearing is 'A court heard of a notice or an order: a fact.';
comment on column protection_order_hearing.force_id is 'Force.';
comment on column protection_order_hearing.hearing_id is 'Identifier.';
comment on column protection_order_hearing.order_id is 'The notice or order.';
comment on column protection_order_hearing.case_id is 'Its case.';
comment on column protection_order_hearing.outcome is 'What came of it.';
comment on column protection_order_hearing.court is 'Which court.';
comment on column protection_order_hearing.adjourned_to is 'To when it was adjourned; a notice goes on until then.';
comment on column protection_order_hearing.note is 'What else is to be known.';
comment on column protection_order_hearing.occurred_at is 'When it was heard.';
comment on column protection_order_hearing.compliant is 'Whether it kept the rules.';
comment on column protection_order_hearing.faults is 'Which it did not: code and detail.';
comment on column protection_order_hearing.recorded_by is 'Who recorded it.';
comment on column protection_order_hearing.recorded_at is 'When it was recorded.';
comment on column protection_order_hearing.version is 'Always 1.';

create table protection_order_notification (
  force_id        text collate "C" not null,
  notification_id uuid not null,
  order_id        uuid not null,
  case_id         uuid not null,
  result          text collate "C" not null check (result in ('complete', 'name_only', 'address_only', 'not_required')),
  received_by     text not null default current_actor(),
  note            text,
  occurred_at     timestamptz not null,
  compliant       boolean not null default true,
  faults          jsonb not null default '[]',
  recorded_by     text not null default current_actor(),
  recorded_at     timestamptz not null default domain_now(),
  version         int not null default 1,
  primary key (force_id, notification_id),
  constraint protection_order_notification_order foreign key (force_id, order_id) references protection_order
);
create index protection_order_notification_of_order on protection_order_notification (force_id, order_id, occurred_at, notification_id);
comment on table protection_order_notification is 'Who is bound by an order told the police of name and address: a fact. What they told stands in the person''s record.';
comment on column protection_order_notification.force_id is 'Force.';
comment on column protection_order_notification.notification_id is 'Identifier.';
comment on column protection_order_notification.order_id is 'The order.';
comment on column protection_order_notification.case_id is 'Its case.';
comment on column protection_order_notification.result is 'What was told, or that nothing had to be.';
comment on column protection_order_notification.received_by is 'Who was told.';
comment on column protection_order_notification.note is 'What else is to be known; why it is not required.';
comment on column protection_order_notification.occurred_at is 'When.';
comment on column protection_order_notification.compliant is 'Whether it kept the rules.';
comment on column protection_order_notification.faults is 'Which it did not: code and detail.';
comment on column protection_order_notification.recorded_by is 'Who recorded it.';
comment on column protection_order_notification.recorded_at is 'When it was recorded.';
comment on column protection_order_notification.version is 'Always 1.';
