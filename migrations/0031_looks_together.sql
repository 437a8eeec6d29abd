-- What is asked and written for one subject costs nearly as much to make ready as to do: the clock looks at several together.
create type subject_at as (
  kind text,         -- contact or case
  id   uuid,
  at   timestamptz   -- the moment as of which it is looked at
);
comment on type subject_at is 'What the detectors look at, as of when.';

create type detector_answer as (
  detector_id text,
  findings    finding[]
);
comment on type detector_answer is 'What a detector says of a subject; null: nothing, or it wasn''t asked.';

-- What functions were called with before.
drop function if exists call_detectors(text, uuid, timestamptz, jsonb), contact_facts_at(uuid, timestamptz), case_facts_at(uuid, timestamptz),
  standing_assessments(uuid[], timestamptz, timestamptz, int), take_all_findings(text[], uuid[], jsonb), check_subjects(text[], uuid[], jsonb, int),
  check_changed(text, uuid, jsonb);
