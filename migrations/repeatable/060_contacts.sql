-- Contacts and what is reported about them: computed columns, rules that are checked but never refuse, effects.

insert into setting_definition values
('clock_tolerance_minutes', '5', 'Minutes by which a reported moment may lie ahead of our clock before it counts as a fault.')
on conflict (name) do update set default_value = excluded.default_value, description = excluded.description
where (setting_definition.default_value, setting_definition.description) is distinct from (excluded.default_value, excluded.description);

create or replace function fault(code text, detail text) returns jsonb language sql immutable parallel safe as
  $$ select jsonb_build_object('code', code, 'detail', detail) $$;
comment on function fault(text, text) is 'A rule that was broken, as records keep it.';

create or replace function moment_faults(happened timestamptz, received timestamptz) returns jsonb
language plpgsql stable as $$
declare
  faults jsonb := '[]';
begin
  if happened > domain_now() + make_interval(mins => setting_value('clock_tolerance_minutes')::int) then
    faults := faults || fault('in_the_future', 'The moment given lies ahead of the service''s clock.');
  end if;
  if happened < received then
    faults := faults || fault('before_the_contact', 'The moment given lies before the contact was received.');
  end if;
  return faults;
end $$;
comment on function moment_faults(timestamptz, timestamptz) is 'What is wrong with the moment of a fact.';

create or replace function grade_height(asked text) returns int language sql immutable parallel safe as
  $$ select array_position(array['no_deployment', 'scheduled', 'priority', 'emergency'], asked) $$;
comment on function grade_height(text) is 'Response grades by urgency, from 1; higher is more urgent.';

create or replace function compute_contact() returns trigger language plpgsql as $$
declare
  property text := property_key(new.address);
  place    text := place_key(new.address);
begin
  new.phone_key := normalise_phone(new.phone);
  new.address_key := coalesce('uprn/' || property, place);
  new.place_key := case when property is not null then place end;
  new.target_at := response_target(new.response_grade, new.occurred_at);
  new.faults := moment_faults(new.occurred_at, null);
  new.compliant := new.faults = '[]';
  return new;
end $$;
comment on function compute_contact() is 'What a contact is found by, its target, and whether it kept the rules.';
drop trigger if exists c_compute on contact;
create trigger c_compute before insert on contact for each row execute function compute_contact();

create or replace function take_moment_of_contact() returns trigger language plpgsql as $$
begin
  select c.occurred_at into new.occurred_at from contact c where c.force_id = new.force_id and c.contact_id = new.contact_id;
  return new;
end $$;
comment on function take_moment_of_contact() is 'Who is named, and which case, is found by the moment of the contact.';
drop trigger if exists c_moment on contact_person;
create trigger c_moment before insert on contact_person for each row execute function take_moment_of_contact();
drop trigger if exists c_moment on contact_case;
create trigger c_moment before insert on contact_case for each row execute function take_moment_of_contact();

-- The grade and target that stood at a moment: facts may arrive late and out of order.
create or replace function grade_at(of_contact contact, moment timestamptz, out grade text, out target_at timestamptz)
language plpgsql stable as $$
declare
  change response_grade_change;
begin
  select * into change from response_grade_change g
  where  g.force_id = of_contact.force_id and g.contact_id = of_contact.contact_id and g.occurred_at <= moment
  order  by g.occurred_at desc, g.change_id desc limit 1;
  if found then
    grade := change.to_grade;
    target_at := change.target_at;
    return;
  end if;
  select * into change from response_grade_change g
  where  g.force_id = of_contact.force_id and g.contact_id = of_contact.contact_id
  order  by g.occurred_at, g.change_id limit 1;
  grade := coalesce(change.from_grade, of_contact.response_grade);
  target_at := response_target(grade, of_contact.occurred_at);
end $$;
comment on function grade_at(contact, timestamptz) is 'Response grade and target of a contact as they stood at a moment.';

create or replace function lowering_faults(change response_grade_change) returns jsonb language plpgsql stable as $$
declare
  faults jsonb := '[]';
begin
  if coalesce(change.reason, '') = '' then
    faults := faults || fault('reason_missing', 'The response grade was lowered without a reason.');
  end if;
  if change.authorised_by is null then
    faults := faults || fault('authoriser_missing', 'The response grade was lowered and nobody is named who authorised it.');
  elsif change.authorised_by = current_actor() then
    faults := faults || fault('authorised_by_author', 'Who lowered the response grade also authorised it.');
  elsif not exists (select from staff s where s.force_id = change.force_id and s.reference = change.authorised_by
                    and s.enabled and 'supervisor' = any (s.roles)) then
    faults := faults || fault('authoriser_unknown', 'Who is named as authorising it is not a supervisor here.');
  end if;
  if not coalesce(change.victim_spoken_to, false) then
    faults := faults || fault('victim_not_spoken_to', 'The response grade was lowered and the victim had not been spoken to again.');
  end if;
  if not change.fresh_assessment then
    faults := faults || fault('not_assessed_afresh', 'The response grade was lowered without a fresh assessment of the risk.');
  end if;
  return faults;
end $$;
comment on function lowering_faults(response_grade_change) is 'What a lowering of the response grade lacks.';

-- Raised: due from the change on, but never later than before. Lowered: counted from receipt, as if it had been so all along.
create or replace function compute_grade_change() returns trigger language plpgsql as $$
declare
  parent contact;
  before record;
begin
  select * into parent from contact c where c.force_id = new.force_id and c.contact_id = new.contact_id for no key update;
  before := grade_at(parent, new.occurred_at);
  new.from_grade := before.grade;
  new.target_at := case when grade_height(new.to_grade) > grade_height(before.grade)
                        then least(before.target_at, response_target(new.to_grade, new.occurred_at))
                        else response_target(new.to_grade, parent.occurred_at) end;
  new.faults := moment_faults(new.occurred_at, parent.occurred_at);
  if grade_height(new.to_grade) < grade_height(before.grade) then
    new.faults := new.faults || lowering_faults(new);
  end if;
  new.compliant := new.faults = '[]';
  return new;
end $$;
comment on function compute_grade_change() is 'From which grade, the new target, and what was broken.';
drop trigger if exists c_compute on response_grade_change;
create trigger c_compute before insert on response_grade_change for each row execute function compute_grade_change();

create or replace function apply_grade_change() returns trigger language plpgsql as $$
begin
  update contact c set response_grade = g.to_grade, target_at = g.target_at
  from   (select l.to_grade, l.target_at from response_grade_change l
          where  l.force_id = new.force_id and l.contact_id = new.contact_id
          order  by l.occurred_at desc, l.change_id desc limit 1) g
  where  c.force_id = new.force_id and c.contact_id = new.contact_id
  and    (c.response_grade, c.target_at) is distinct from (g.to_grade, g.target_at);
  return null;
end $$;
comment on function apply_grade_change() is 'The contact has the grade and target of its latest change.';
drop trigger if exists d_apply on response_grade_change;
create trigger d_apply after insert on response_grade_change for each row execute function apply_grade_change();

create or replace function compute_attendance() returns trigger language plpgsql as $$
declare
  parent contact;
  target timestamptz;
begin
  select * into parent from contact c where c.force_id = new.force_id and c.contact_id = new.contact_id;
  target := (grade_at(parent, new.occurred_at)).target_at;
  new.faults := moment_faults(new.occurred_at, parent.occurred_at);
  if new.dispatched_at > new.occurred_at then
    new.faults := new.faults || fault('dispatched_after_arrival', 'Officers were sent after they had arrived.');
  end if;
  if new.occurred_at > target and not exists (
       select from attendance a where a.force_id = new.force_id and a.contact_id = new.contact_id and a.occurred_at <= target) then
    new.faults := new.faults || fault('after_target', format('Attended after the target, %s.', instant(target)));
  end if;
  new.compliant := new.faults = '[]';
  return new;
end $$;
comment on function compute_attendance() is 'Whether the first attendance kept the target that stood then.';
drop trigger if exists c_compute on attendance;
create trigger c_compute before insert on attendance for each row execute function compute_attendance();

create or replace function compute_closure() returns trigger language plpgsql as $$
declare
  received timestamptz;
begin
  select c.occurred_at into received from contact c where c.force_id = new.force_id and c.contact_id = new.contact_id;
  new.faults := moment_faults(new.occurred_at, received);
  if not new.victim_seen and not new.victim_spoken_to and not exists (
       select from attendance a where a.force_id = new.force_id and a.contact_id = new.contact_id and a.victim_seen) then
    new.faults := new.faults || fault('victim_unseen', 'Closed, and the victim was neither seen nor spoken to.');
  end if;
  if new.outcome in ('no_trace', 'other') and coalesce(new.reason, '') = '' then
    new.faults := new.faults || fault('reason_missing', 'This outcome needs a reason.');
  end if;
  new.compliant := new.faults = '[]';
  return new;
end $$;
comment on function compute_closure() is 'Whether a log was closed by the rules.';
drop trigger if exists c_compute on closure;
create trigger c_compute before insert on closure for each row execute function compute_closure();

create or replace function apply_closure() returns trigger language plpgsql as $$
begin
  update contact c set crime_reference = new.crime_reference
  where  c.force_id = new.force_id and c.contact_id = new.contact_id
  and    new.crime_reference is not null and c.crime_reference is distinct from new.crime_reference;
  return null;
end $$;
comment on function apply_closure() is 'The contact has the crime that its closing names.';
drop trigger if exists d_apply on closure;
create trigger d_apply after insert on closure for each row execute function apply_closure();

create or replace function compute_history_check() returns trigger language plpgsql as $$
declare
  received timestamptz;
begin
  select c.occurred_at into received from contact c where c.force_id = new.force_id and c.contact_id = new.contact_id;
  new.faults := moment_faults(new.occurred_at, received);
  if exists (select from closure k where k.force_id = new.force_id and k.contact_id = new.contact_id
             and k.occurred_at < new.occurred_at) then
    new.faults := new.faults || fault('after_closing', 'What was known before was looked up only after the log was closed.');
  end if;
  new.compliant := new.faults = '[]';
  return new;
end $$;
comment on function compute_history_check() is 'Whether history was looked up in time.';
drop trigger if exists c_compute on history_check;
create trigger c_compute before insert on history_check for each row execute function compute_history_check();

grant execute on function fault(text, text), moment_faults(timestamptz, timestamptz), grade_height(text),
  grade_at(contact, timestamptz), lowering_faults(response_grade_change) to secondlook_app;
