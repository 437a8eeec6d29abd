-- What several detectors ask, as of a moment: only what was recorded by then, in the force that is looked at. How many rows a
-- function gives is said of each: the planner would take a thousand, and read whole tables beside them.

create or replace function record_shown(kind text, id uuid, moment timestamptz, more jsonb default '{}') returns jsonb
language sql stable as
  $$ select jsonb_build_object('kind', kind, 'id', id, 'at', instant(moment)) || more $$;
comment on function record_shown(text, uuid, timestamptz, jsonb) is 'One record of an alert''s evidence: which, and when it happened.';

create or replace function evidence_of(records jsonb, more jsonb default '{}') returns jsonb language sql stable as
  $$ select jsonb_build_object('records', coalesce(records, '[]')) || more $$;
comment on function evidence_of(jsonb, jsonb) is 'An alert''s evidence: records, and figures that go with them.';

create or replace function in_order(records jsonb[]) returns jsonb language plpgsql immutable as $$
begin
  return (select jsonb_agg(r.item order by r.item ->> 'at') from unnest(records) r (item));
end $$;
comment on function in_order(jsonb[]) is 'Records of evidence, the earliest first.';

create or replace function contacts_of_case(id uuid, since timestamptz, at timestamptz, most int)
returns table (contact_id uuid, occurred_at timestamptz, recorded_at timestamptz) language plpgsql stable rows 20 as $$
#variable_conflict use_column
begin
  return query
  select l.contact_id, l.occurred_at, c.recorded_at
  from   contact_case l join contact c on c.force_id = current_force() and c.contact_id = l.contact_id
  where  l.force_id = current_force() and l.case_id = id and l.active and l.occurred_at >= since
  and    l.recorded_at <= at and c.recorded_at <= at
  order  by l.occurred_at desc, l.contact_id desc limit most;
end $$;
comment on function contacts_of_case(uuid, timestamptz, timestamptz, int) is 'A case''s contacts since a moment, the newest first.';

create or replace function agreed_grade_at(of_case uuid, at timestamptz) returns text language plpgsql stable as $$
begin
  return (select g.agreed_grade from (
    (select a.agreed_grade, a.recorded_at from assessment a
     where  a.force_id = current_force() and a.case_id = of_case and a.recorded_at <= at and a.agreed_grade is not null
     order  by a.recorded_at desc limit 1)
    union all
    (select r.agreed_grade, r.recorded_at from review r
     where  r.force_id = current_force() and r.case_id = of_case and r.recorded_at <= at order by r.recorded_at desc limit 1)
    union all
    (select z.agreed_grade, z.recorded_at from review_authorisation z
     where  z.force_id = current_force() and z.case_id = of_case and z.recorded_at <= at order by z.recorded_at desc limit 1)) g
    order by g.recorded_at desc limit 1);
end $$;
comment on function agreed_grade_at(uuid, timestamptz) is 'The agreed grade of a case as it stood; null: none was given.';

-- One that another supersedes does not stand. A query that asks for them has this one in it.
create or replace function standing_assessments(cases uuid[], since timestamptz, at timestamptz, most int) returns setof assessment_facts
language sql stable as $$
  select a.assessment_id, a.case_id, a.contact_id, a.set_name, a.set_version, a.occurred_at, a.tick_count, a.unanswered_count, a.yes_topics,
         a.suggested_grade, a.assessor_grade, a.history_checked, coalesce(btrim(a.answers_rationale), '') <> ''
  from   assessment a
  where  a.force_id = current_force() and a.case_id = any (cases) and a.occurred_at > since and a.recorded_at <= at
  and    not exists (select from assessment n where n.force_id = current_force() and n.supersedes = a.assessment_id and n.recorded_at <= at)
  order  by a.occurred_at desc, a.assessment_id desc limit most
$$;
comment on function standing_assessments(uuid[], timestamptz, timestamptz, int) is 'Assessments of cases after a moment, the newest first.';

grant execute on function record_shown(text, uuid, timestamptz, jsonb), evidence_of(jsonb, jsonb), in_order(jsonb[]),
  contacts_of_case(uuid, timestamptz, timestamptz, int), agreed_grade_at(uuid, timestamptz),
  standing_assessments(uuid[], timestamptz, timestamptz, int) to secondlook_app, secondlook_detector;
