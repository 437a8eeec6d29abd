-- Assessments, the queue of what a specialist should look at, reviews, and what the grades come to.

-- Beside the document, so that scoring never unpacks it.
alter table question_set
  add column title     text not null default '',
  add column grading   jsonb,
  add column follow_on jsonb not null default '[]';
comment on column question_set.title is 'What it is called.';
comment on column question_set.grading is 'The document''s rule of the suggested grade; null: it suggests none.';
comment on column question_set.follow_on is 'The document''s further sets, each with the answer that calls for it.';

create table assessment (
  force_id          text collate "C" not null,
  assessment_id     uuid not null,
  case_id           uuid not null,
  contact_id        uuid,
  set_name          text collate "C" not null,
  set_version       int not null,
  occurred_at       timestamptz not null,
  assessed_by       text not null default current_actor(),
  answers           jsonb compression lz4 not null,
  tick_count        int not null,
  high_risk_count   int not null,
  unanswered_count  int not null,
  yes_topics        text[] not null,
  suggested_grade   grade,
  assessor_grade    grade,
  agreed_grade      grade,
  rationale         text,
  answers_rationale text,
  supersedes        uuid,
  history_checked   boolean not null default false,
  follow_on         jsonb not null default '[]',
  compliant         boolean not null default true,
  faults            jsonb not null default '[]',
  recorded_by       text not null default current_actor(),
  recorded_at       timestamptz not null default domain_now(),
  version           int not null default 1,
  primary key (force_id, assessment_id),
  constraint assessment_case foreign key (force_id, case_id) references case_file,
  constraint assessment_contact foreign key (force_id, contact_id) references contact,
  constraint assessment_supersedes foreign key (force_id, supersedes) references assessment
);
create index assessment_of_case on assessment (force_id, case_id, occurred_at, assessment_id) include (assessor_grade);
create index assessment_of_contact on assessment (force_id, contact_id) where contact_id is not null;
create unique index assessment_superseded_once on assessment (force_id, supersedes) where supersedes is not null;
comment on table assessment is 'One completed question set about a case at a moment; a change is a new one that supersedes it.';
comment on column assessment.force_id is 'Force.';
comment on column assessment.assessment_id is 'Identifier.';
comment on column assessment.case_id is 'The case.';
comment on column assessment.contact_id is 'The contact it was made about, where there was one.';
comment on column assessment.set_name is 'Question set.';
comment on column assessment.set_version is 'Its version.';
comment on column assessment.occurred_at is 'When the questions were asked.';
comment on column assessment.assessed_by is 'Staff reference of who asked them.';
comment on column assessment.answers is 'One for every question, in the set''s order: question, answer, source, comment, skipReason.';
comment on column assessment.tick_count is 'How many yes count towards this set''s total.';
comment on column assessment.high_risk_count is 'How many yes are factors of high risk.';
comment on column assessment.unanswered_count is 'How many were not asked or are not known.';
comment on column assessment.yes_topics is 'Topics of all questions answered yes: the same words in every set, in the set''s order.';
comment on column assessment.suggested_grade is 'By the set''s rule; null where it has none.';
comment on column assessment.assessor_grade is 'By who asked.';
comment on column assessment.agreed_grade is 'What stood as the case''s agreed grade once this was recorded.';
comment on column assessment.rationale is 'Why the assessor gave that grade.';
comment on column assessment.answers_rationale is 'Answer to the rationale of an earlier, higher grade.';
comment on column assessment.supersedes is 'The assessment that this one replaces.';
comment on column assessment.history_checked is 'The assessor states that history was looked up first.';
comment on column assessment.follow_on is 'Further sets that the answers call for: set, because (questions).';
comment on column assessment.compliant is 'Whether it kept every rule.';
comment on column assessment.faults is 'Which rules it broke: code, detail.';
comment on column assessment.recorded_by is 'Who recorded it.';
comment on column assessment.recorded_at is 'When it was recorded.';
comment on column assessment.version is 'Always 1.';

create table review_item (
  force_id      text collate "C" not null,
  item_id       uuid not null,
  assessment_id uuid,
  contact_id    uuid,
  case_id       uuid,
  status        text collate "C" not null default 'waiting' check (status in ('waiting', 'claimed', 'done')),
  rank          int not null check (rank > 0),
  reasons       jsonb not null,
  due_at        timestamptz not null,
  claimed_by    text collate "C",
  claimed_at    timestamptz,
  lease_until   timestamptz,
  taken_from    text collate "C",
  reason        text,
  review_id     uuid,
  outcome       text,
  occurred_at   timestamptz not null,
  recorded_by   text not null default current_actor(),
  recorded_at   timestamptz not null default domain_now(),
  version       int not null default 1,
  changed_by    text not null default current_actor(),
  changed_at    timestamptz not null default domain_now(),
  primary key (force_id, item_id),
  constraint review_item_of_one check (num_nonnulls(assessment_id, contact_id) = 1),
  constraint review_item_claim check (status = 'waiting' or (claimed_by is not null and lease_until is not null)),
  constraint review_item_assessment foreign key (force_id, assessment_id) references assessment,
  constraint review_item_contact foreign key (force_id, contact_id) references contact
);
create unique index review_item_open_of_assessment on review_item (force_id, assessment_id)
  where assessment_id is not null and status <> 'done';
create unique index review_item_open_of_contact on review_item (force_id, contact_id)
  where contact_id is not null and status <> 'done';
create index review_item_queue on review_item (force_id, status, rank, due_at, item_id);
create index review_item_of_case on review_item (force_id, case_id) where status <> 'done';
create index review_item_of_contact on review_item (force_id, contact_id, recorded_at) where contact_id is not null;
comment on table review_item is 'Something a specialist should look at: an assessment, or a contact with a sign of danger. At most one open for each.';
comment on column review_item.force_id is 'Force.';
comment on column review_item.item_id is 'Identifier.';
comment on column review_item.assessment_id is 'The assessment to look at, or';
comment on column review_item.contact_id is 'the contact to look at.';
comment on column review_item.case_id is 'The assessment''s case; of a contact''s cases the one with the highest agreed grade.';
comment on column review_item.status is 'State of the machine "review_item". A claim whose lease is over counts as waiting.';
comment on column review_item.rank is 'Urgency, 1 = most urgent: see review_rank().';
comment on column review_item.reasons is 'Why it is here: code, detail; the most urgent first.';
comment on column review_item.due_at is 'By when somebody should have looked.';
comment on column review_item.claimed_by is 'Staff reference of who has it, or had it when it was done.';
comment on column review_item.claimed_at is 'Since when.';
comment on column review_item.lease_until is 'Until when the claim holds.';
comment on column review_item.taken_from is 'Staff reference of who had it before it was taken over.';
comment on column review_item.reason is 'Why it was taken over, or released, where given.';
comment on column review_item.review_id is 'The review that settled it.';
comment on column review_item.outcome is 'What was done about a contact that needed no review.';
comment on column review_item.occurred_at is 'When what it is about happened.';
comment on column review_item.recorded_by is 'Who recorded what it is about.';
comment on column review_item.recorded_at is 'Since when it waits.';
comment on column review_item.version is 'Rises with every change.';
comment on column review_item.changed_by is 'Who changed it last.';
comment on column review_item.changed_at is 'When it was changed last.';

create table review (
  force_id          text collate "C" not null,
  review_id         uuid not null,
  case_id           uuid not null,
  assessment_id     uuid not null,
  item_id           uuid,
  decision          text collate "C" not null check (decision in ('agree', 'raise', 'lower')),
  assessor_grade    grade,
  specialist_grade  grade not null,
  agreed_before     grade,
  agreed_grade      grade not null,
  reason            text,
  answers_rationale text,
  overturns         uuid[] not null default '{}',
  occurred_at       timestamptz not null default domain_now(),
  recorded_by       text not null default current_actor(),
  recorded_at       timestamptz not null default domain_now(),
  version           int not null default 1,
  primary key (force_id, review_id),
  constraint review_case foreign key (force_id, case_id) references case_file,
  constraint review_assessment foreign key (force_id, assessment_id) references assessment,
  constraint review_review_item foreign key (force_id, item_id) references review_item
);
alter table review_item add constraint review_item_review foreign key (force_id, review_id) references review;
create index review_of_assessment on review (force_id, assessment_id, recorded_at, review_id);
create index review_of_case on review (force_id, case_id, recorded_at, review_id);
comment on table review is 'A specialist''s decision on an assessment; lowering takes effect only when a supervisor authorises it.';
comment on column review.force_id is 'Force.';
comment on column review.review_id is 'Identifier.';
comment on column review.case_id is 'The assessment''s case.';
comment on column review.assessment_id is 'The assessment reviewed.';
comment on column review.item_id is 'The item of the queue that it settled.';
comment on column review.decision is 'agree with the assessor, raise above the assessor, or lower what stands.';
comment on column review.assessor_grade is 'The assessor''s grade, as reviewed.';
comment on column review.specialist_grade is 'The specialist''s grade.';
comment on column review.agreed_before is 'The agreed grade before.';
comment on column review.agreed_grade is 'The agreed grade once this was recorded; lowering alone does not change it.';
comment on column review.reason is 'Why; needed to raise and to lower.';
comment on column review.answers_rationale is 'Answer to the rationale that is overturned; needed to lower.';
comment on column review.overturns is 'Assessments and reviews whose higher grade a lowering would set aside, as they stood when it was written.';
comment on column review.occurred_at is 'When it was decided.';
comment on column review.recorded_by is 'Who decided.';
comment on column review.recorded_at is 'When it was recorded.';
comment on column review.version is 'Always 1.';

create table review_authorisation (
  force_id         text collate "C" not null,
  authorisation_id uuid not null,
  review_id        uuid not null,
  case_id          uuid not null,
  reason           text not null,
  agreed_before    grade,
  agreed_grade     grade not null,
  occurred_at      timestamptz not null default domain_now(),
  recorded_by      text not null default current_actor(),
  recorded_at      timestamptz not null default domain_now(),
  version          int not null default 1,
  primary key (force_id, authorisation_id),
  constraint review_authorised_once unique (force_id, review_id),
  constraint review_authorisation_review foreign key (force_id, review_id) references review,
  constraint review_authorisation_case foreign key (force_id, case_id) references case_file
);
create index review_authorisation_of_case on review_authorisation (force_id, case_id);
comment on table review_authorisation is 'A supervisor lets a lowering take effect, by a request of their own; never the one who wrote it.';
comment on column review_authorisation.force_id is 'Force.';
comment on column review_authorisation.authorisation_id is 'Identifier.';
comment on column review_authorisation.review_id is 'The review that lowers.';
comment on column review_authorisation.case_id is 'Its case.';
comment on column review_authorisation.reason is 'Why the supervisor agrees.';
comment on column review_authorisation.agreed_before is 'The agreed grade before.';
comment on column review_authorisation.agreed_grade is 'The agreed grade after; higher than the lowered one where a higher grade came in between.';
comment on column review_authorisation.occurred_at is 'When it was authorised.';
comment on column review_authorisation.recorded_by is 'The supervisor.';
comment on column review_authorisation.recorded_at is 'When it was recorded.';
comment on column review_authorisation.version is 'Always 1.';

create table latest_grade (
  force_id         text collate "C" not null,
  case_id          uuid not null,
  suggested_grade  grade,
  assessor_grade   grade,
  specialist_grade grade,
  agreed_grade     grade not null,
  assessment_id    uuid,
  review_id        uuid,
  graded_at        timestamptz not null,
  recorded_by      text not null default current_actor(),
  recorded_at      timestamptz not null default domain_now(),
  version          int not null default 1,
  changed_by       text not null default current_actor(),
  changed_at       timestamptz not null default domain_now(),
  primary key (force_id, case_id),
  constraint latest_grade_case foreign key (force_id, case_id) references case_file
) with (fillfactor = 80);
comment on table latest_grade is 'What a case''s grades come to: the latest of each kind, and the agreed one. Written by triggers only.';
comment on column latest_grade.force_id is 'Force.';
comment on column latest_grade.case_id is 'The case.';
comment on column latest_grade.suggested_grade is 'By rule, of the latest graded assessment.';
comment on column latest_grade.assessor_grade is 'The assessor''s, of the latest graded assessment.';
comment on column latest_grade.specialist_grade is 'The specialist''s, of the latest review; a lowering counts only here until it is authorised.';
comment on column latest_grade.agreed_grade is 'The highest of the last 12 months but what an authorised lowering set aside: see standing_levels().';
comment on column latest_grade.assessment_id is 'The latest graded assessment, by when it was made.';
comment on column latest_grade.review_id is 'The latest review.';
comment on column latest_grade.graded_at is 'When the latest assessment, review or authorisation was made.';
comment on column latest_grade.recorded_by is 'Who gave the first grade.';
comment on column latest_grade.recorded_at is 'When.';
comment on column latest_grade.version is 'Rises with every change.';
comment on column latest_grade.changed_by is 'Who changed it last.';
comment on column latest_grade.changed_at is 'When it was changed last.';

create table review_reason (
  code   text collate "C" primary key,
  tier   int not null check (tier between 1 and 6),
  detail text not null
);
comment on table review_reason is 'Why something may be in the queue, and how urgent each reason is.';
comment on column review_reason.code is 'Code, as items show it.';
comment on column review_reason.tier is 'The default of the setting review_tiers; 1 = most urgent.';
comment on column review_reason.detail is 'In words.';
