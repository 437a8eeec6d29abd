-- What the detectors are given: what is known of the subject that they look at, asked once for all of them.

create type contact_facts as (
  contact_id     uuid,
  received       contact,      -- itself, as it is now
  response_grade text,         -- as it stood at the moment that is looked at
  target_at      timestamptz,  -- of that grade
  cases          uuid[],       -- that it is linked to
  victims        uuid[],       -- people in it: victims, and callers
  suspects       uuid[],       -- people in it: suspects
  attended_at    timestamptz,  -- when somebody first came; null: nobody has
  closed_at      timestamptz,  -- when its log was first closed; null: it is open
  is_regraded    boolean,      -- whether its grade was ever changed, also since that moment
  has_video      boolean       -- whether there is a response by video, also one of which was known only later
);
comment on type contact_facts is 'What was known of a contact at a moment, for the detectors that look at it.';

create type assessment_facts as (
  assessment_id    uuid,
  case_id          uuid,
  contact_id       uuid,
  set_name         text,
  set_version      int,
  occurred_at      timestamptz,
  tick_count       int,
  unanswered_count int,
  yes_topics       text[],
  suggested_grade  text,
  assessor_grade   text,
  history_checked  boolean,
  is_answered      boolean      -- whether it answers the rationale of an earlier grade
);
comment on type assessment_facts is 'What detectors ask of an assessment.';

create type linked_contact as (
  contact_id       uuid,
  case_id          uuid,
  occurred_at      timestamptz,
  children_present text,
  weapons          text,
  injuries         text,
  order_in_force   text,
  has_crime        boolean      -- whether a crime is recorded from it now
);
comment on type linked_contact is 'What detectors ask of a contact, because of a case that it is linked to.';

create type case_facts as (
  case_id          uuid,
  victim_id        uuid,
  perpetrator_id   uuid,
  cases            uuid[],             -- it, and all others of the same pair
  victim_cases     uuid[],             -- all of the same victim
  agreed_grade     text,               -- null: none was given
  highest_level    int,                -- grade_level() of what assessors ever gave the pair, also since the moment that is looked at
  assessments      assessment_facts[], -- the hundred latest of the pair that stand, the newest first
  contacts         linked_contact[],   -- the hundred latest of the pair, the newest first; one of two cases stands twice
  has_referrals    boolean,            -- whether the victim was ever referred, also since then
  has_orders       boolean,            -- whether the pair ever had an order, a notice or bail, also since then
  has_reviews      boolean             -- whether a specialist ever judged an assessment of the pair, also since then
);
comment on type case_facts is 'What was known of a case at a moment, for the detectors that look at it.';
