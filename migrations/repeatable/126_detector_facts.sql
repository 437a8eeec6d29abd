-- What several detectors ask, as of a moment: only what was recorded by then, in the force that is looked at. How many rows a
-- function gives is said of each: the planner would take a thousand, and read whole tables beside them.

create or replace function record_shown(kind text, id uuid, moment timestamptz, more jsonb default '{}') returns jsonb
language sql stable as
  $$ select jsonb_build_object('kind', kind, 'id', id, 'at', instant(moment)) || more $$;
comment on function record_shown(text, uuid, timestamptz, jsonb) is 'One record of an alert''s evidence: which, and when it happened.';

create or replace function evidence_of(records jsonb, more jsonb default '{}') returns jsonb language sql stable as
  $$ select jsonb_build_object('records', coalesce(records, '[]')) || more $$;
comment on function evidence_of(jsonb, jsonb) is 'An alert''s evidence: records, and figures that go with them.';

create or replace function cases_of_contact(id uuid) returns setof uuid language plpgsql stable rows 2 as $$
begin
  return query select l.case_id from contact_case l where l.force_id = current_force() and l.contact_id = id and l.active
               and    l.recorded_at <= domain_now();
end $$;
comment on function cases_of_contact(uuid) is 'The cases that a contact is linked to.';

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

create or replace function attended_at(contact uuid, at timestamptz) returns timestamptz language plpgsql stable as $$
begin
  return (select min(t.occurred_at) from attendance t
          where  t.force_id = current_force() and t.contact_id = contact and t.recorded_at <= at);
end $$;
comment on function attended_at(uuid, timestamptz) is 'When somebody first came, as known then; null: nobody has.';

drop function if exists conference_referred_at(uuid, timestamptz);

grant execute on function record_shown(text, uuid, timestamptz, jsonb), evidence_of(jsonb, jsonb), cases_of_contact(uuid),
  contacts_of_case(uuid, timestamptz, timestamptz, int), agreed_grade_at(uuid, timestamptz), attended_at(uuid, timestamptz) to secondlook_app, secondlook_detector;
