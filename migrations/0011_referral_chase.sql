-- Referrals that nobody acknowledged in time are chased.

create table referral_chase (
  force_id    text collate "C" not null,
  chase_id    uuid not null,
  referral_id uuid not null,
  case_id     uuid not null,
  number      int not null check (number > 0),
  channel     text collate "C" not null default 'service' check (channel in ('service')),
  occurred_at timestamptz not null default domain_now(),
  recorded_by text not null default current_actor(),
  recorded_at timestamptz not null default domain_now(),
  version     int not null default 1,
  primary key (force_id, chase_id),
  constraint referral_chase_number unique (force_id, referral_id, number),
  constraint referral_chase_referral foreign key (force_id, referral_id) references referral
);
comment on table referral_chase is 'A referral''s deadline has passed, and the service it went to is asked once more. Written by the clock only.';
comment on column referral_chase.force_id is 'Force.';
comment on column referral_chase.chase_id is 'Identifier.';
comment on column referral_chase.referral_id is 'The referral.';
comment on column referral_chase.case_id is 'Its case.';
comment on column referral_chase.number is 'Chases of a referral in their order, from 1.';
comment on column referral_chase.channel is 'How: service, by this service itself.';
comment on column referral_chase.occurred_at is 'When it was due and written.';
comment on column referral_chase.recorded_by is 'Who: the clock.';
comment on column referral_chase.recorded_at is 'When it was recorded.';
comment on column referral_chase.version is 'Always 1.';
