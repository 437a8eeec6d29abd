-- Erasure: members of a record are taken from it and from every line of the ledger that tells of it, and each line's leaf
-- stays what it was.

-- What may be erased. Personal members tell who someone is, or how to reach them; the others are texts in which somebody may be
-- named, and go one by one, on request. What stands afterwards says nothing.
create temporary table erasable on commit drop as
select split_part(w, '.', 1) as relation, split_part(w, '.', 2) as member, kind = 'personal' as personal, null::text as goes_with,
       replace(blank, '%', split_part(w, '.', 2)) as blank
from (values
  ('personal', 'null', 'person.given_name person.family_name person.date_of_birth person.safe_contact contact.phone contact.address staff.name'),
  ('personal', '''{}''', 'person.aliases person.phones person.external_references'),
  ('personal', '''[]''', 'person.addresses'),
  ('text', 'case when % is not null then ''[erased]'' end', 'contact.narrative contact.fresh_risk case.summary case.reason case_person.reason contact_case.reason closure.reason
    response_grade_change.reason attendance.note history_check.findings assessment.rationale assessment.answers_rationale review.reason
    review.answers_rationale alert.reason alert_decision.reason missed_opportunity.action missed_opportunity.remedy missed_opportunity.reason
    missed_opportunity_transition.reason decision_check.alternative annotation_acknowledgement.note referral.basis_reason
    referral.professional_judgement referral.outcome_note referral.reason referral_transition.reason protection_order.reason
    protection_order_transition.reason protection_order_breach.action_note protection_order_breach_action.note protection_order_serving.note
    protection_order_hearing.note protection_order_notification.note disclosure.third_party disclosure.initial_check disclosure.decision_reason
    disclosure.safe_delivery disclosure.disclosed disclosure.reason disclosure_transition.reason school_notification.told_to
    school_notification.shared school_notification.outcome_note video_response.consent_note video_response.outcome_note video_response.reason
    video_response_transition.reason advice.answer advice.reason advice_transition.reason call_listening.notes call_feedback.strengths
    call_feedback.improvements feedback_acknowledgement.reply training_session.description training_session.reason training_attendance.note
    service.note annotation.content case_break_glass.reason case_restriction.reason decision_check.reasons missed_opportunity.happened
    missed_opportunity.should_have primary_aggressor_assessment.rationale protection_order_breach.description disclosure.application
    referral.summary review_authorisation.reason school_notification.school advice.question'),
  ('text', '''[]''', 'protection_order.conditions referral.recipients service.recipients protection_order_transition.conditions_before'),
  ('text', 'answers_uncommented(answers)', 'assessment.answers'),
  ('text', 'evidence - ''reason''', 'alert.evidence')) as v (kind, blank, words),
  unnest(regexp_split_to_array(words, '\s+')) w
union all values ('contact', 'phone_key', false, 'phone', 'null'), ('contact', 'address_key', false, 'address', 'null'),
  ('contact', 'place_key', false, 'address', 'null');

insert into erasable_member select * from erasable
on conflict (relation, member) do update
set personal = excluded.personal, goes_with = excluded.goes_with, blank = excluded.blank
where (erasable_member.personal, erasable_member.goes_with, erasable_member.blank)
      is distinct from (excluded.personal, excluded.goes_with, excluded.blank);
delete from erasable_member m where not exists (select from erasable e where e.relation = m.relation and e.member = m.member);

select make_reference_list('erasable_kinds', array(select distinct relation from erasable order by 1)),
  make_reference_list('erasure_bases', '{right_to_erasure,legal_duty,court_order,retention_expired=Past its retention,recorded_in_error}');

create or replace function answers_uncommented(answers jsonb) returns jsonb language sql immutable as $$
  select coalesce(jsonb_agg(a.answer - 'comment' - 'skipReason' order by a.n), '[]')
  from   jsonb_array_elements(answers) with ordinality as a (answer, n)
$$;
comment on function answers_uncommented(jsonb) is 'Answers to a question set without what was said beside them.';

-- The line.

create or replace function line_without(line ledger_line, gone text[], note jsonb) returns ledger_line
language plpgsql immutable set search_path = public, pg_temp as $$
declare
  kept  bytea := '';
  salt  bytea;
  one   record;
begin
  for one in select m.name, row_number() over (order by m.name collate "C") as place
             from   jsonb_object_keys(line.image) as m (name) order by 2 loop
    salt := substring(line.salts from (16 * (one.place - 1) + 1)::int for 16);
    if one.name = any (gone) then
      line.erased := coalesce(line.erased, '{}') || jsonb_build_object(one.name, note || jsonb_build_object(
        'hash', encode(leaf_member_hash(one.name, (line.image -> one.name)::text, salt), 'hex')));
    else
      kept := kept || salt;
    end if;
  end loop;
  line.image := line.image - gone;
  line.salts := kept;
  return line;
end $$;
comment on function line_without(ledger_line, text[], jsonb) is
  'A line without some members and their salts; in their place stand their hashes with the note: at, authority.';

-- Nobody changes a line in any other way, not even the tables' owner.
create or replace function only_erasure() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare
  expected ledger_line := old;
  one record;
begin
  for one in select e.key, e.value from jsonb_each(new.erased) e where not coalesce(old.erased ? e.key, false) loop
    expected := line_without(expected, array[one.key], one.value - 'hash');
  end loop;
  if new is distinct from expected or new.erased is not distinct from old.erased then
    raise exception 'a line of the ledger is never changed: only members are erased from it, and their hashes stay';
  end if;
  return new;
end $$;
comment on function only_erasure() is 'Refuses every change of a line but the erasure of members, with the right hashes in their place.';

create or replace function refuse_removal() returns trigger language plpgsql as $$
begin
  raise exception 'a line of the ledger is never taken away';
end $$;
comment on function refuse_removal() is 'Refuses to delete lines.';

create or replace trigger only_erasure before update on ledger_line for each row execute function only_erasure();
create or replace trigger refuse_removal before delete on ledger_line for each row execute function refuse_removal();
create or replace trigger zz_truncate before truncate on ledger_line for each statement execute function refuse_truncate();
alter table ledger_line enable always trigger only_erasure;
alter table ledger_line enable always trigger refuse_removal;
alter table ledger_line enable always trigger zz_truncate;

-- What a request asks for.

create or replace function column_name(member text) returns text language sql immutable as
  $$ select lower(regexp_replace(member, '([A-Z])', '_\1', 'g')) $$;
comment on function column_name(text) is 'A member of the API as the column is named.';

create or replace function record_is_seen(kind text, id uuid) returns boolean language plpgsql stable set search_path = public, pg_temp as $$
declare
  k record_kind;
  there boolean;
begin
  select * into k from record_kind r where r.relation = kind;
  if found then
    execute format('select true from %I where force_id = $1 and %I = $2', k.table_name, k.id_column) into there using current_force(), id;
  end if;
  return coalesce(there, false);
end $$;
comment on function record_is_seen(text, uuid) is 'Whether there is such a record for who asks.';

create or replace function erasure_is_hidden(kind text, id uuid) returns boolean language sql stable as
  $$ select not record_is_seen(kind, id) $$;
comment on function erasure_is_hidden(text, uuid) is 'Whether an erasure is of a record that this transaction may not see.';

create or replace function known_record(kind text, id uuid, pointer text) returns uuid language plpgsql stable as $$
begin
  if not record_is_seen(kind, id) then
    perform refuse_faults(jsonb_build_array(fault_at(pointer, 'unknown_reference', 'No such record.')));
  end if;
  return id;
end $$;
comment on function known_record(text, uuid, text) is 'A record of any kind, when it may be seen, else SL422 at that pointer.';

create or replace function members_to_erase(kind text, asked jsonb) returns text[] language plpgsql stable as $$
declare
  faults jsonb;
  named  text[] := array(select column_name(a) from jsonb_array_elements_text(asked) a);
  found_members text[];
begin
  select jsonb_agg(fault_at('/members/' || a.n - 1, 'not_erasable', 'No member of this kind of record that can be erased.') order by a.n)
  into   faults
  from   unnest(named) with ordinality as a (name, n)
  where  not exists (select from erasable_member m where m.relation = kind and m.member = a.name and m.goes_with is null);
  perform refuse_faults(coalesce(faults, '[]'));
  select array_agg(m.member order by m.member) into found_members from erasable_member m
  where  m.relation = kind and case when asked is null then m.personal or exists (
           select from erasable_member o where o.relation = kind and o.member = m.goes_with and o.personal)
         else coalesce(m.goes_with, m.member) = any (named) end;
  if found_members is null then
    perform refuse_faults(jsonb_build_array(fault_at('/members', 'required', 'This kind of record has no personal members: say which.')));
  end if;
  return found_members;
end $$;
comment on function members_to_erase(text, jsonb) is
  'The columns of the members asked for, derived ones too; of none asked, the personal ones. SL422 with all that can''t be erased.';

-- The cases that a record belongs to, hidden ones too: those of its contact and of whom it is about, whatever became of the links.
create or replace function cases_of_person(id uuid) returns setof uuid language sql stable rows 5 as $$
  select c.case_id from case_file c where c.force_id = current_force() and c.victim_id = id
  union
  select c.case_id from case_file c where c.force_id = current_force() and c.perpetrator_id = id
  union
  select p.case_id from case_person p where p.force_id = current_force() and p.person_id = id
  union
  select l.case_id from contact_person n join contact_case l using (force_id, contact_id)
  where  n.force_id = current_force() and n.person_id = id
$$;
comment on function cases_of_person(uuid) is 'The cases in which a person is named, in their contacts too.';

create or replace function cases_of_record(record jsonb) returns uuid[] language sql stable as $$
  select array(
    select (record ->> 'case_id')::uuid where record ? 'case_id'
    union
    select l.case_id from contact_case l where l.force_id = current_force() and l.contact_id = (record ->> 'contact_id')::uuid
    union
    select p.case_id
    from   unnest(array[record ->> 'person_id', record ->> 'child_id', record ->> 'recipient_id']) as who (id), cases_of_person(who.id::uuid) as p (case_id)
    where  who.id is not null)
$$;
comment on function cases_of_record(jsonb) is 'The cases that a record belongs to.';

-- The one way in.

create or replace function blank_record(k record_kind, id uuid, gone text[]) returns void language plpgsql as $$
declare
  blanks text;
begin
  select string_agg(format('%I = %s', m.member, m.blank), ', ') into blanks
  from   erasable_member m where m.relation = k.relation and m.member = any (gone);
  execute format('update %I set %s%s where force_id = $1 and %I = $2', k.table_name, blanks,
                 case when k.counts_itself then '' else ', version = version + 1' end, k.id_column)
  using  current_force(), id;
end $$;
comment on function blank_record(record_kind, uuid, text[]) is 'Blanks members of a record as it stands.';

create or replace function forget_search_keys(id uuid, gone text[]) returns void language sql as $$
  delete from search_key s
  where  s.force_id = current_force() and s.person_id = id
  and    s.kind = any (array(select unnest(case m when 'phones' then '{phone}' when 'safe_contact' then '{phone}'
                                                when 'given_name' then '{name,sound,born}' when 'family_name' then '{name,sound,born}'
                                                when 'aliases' then '{name,sound,born}' when 'date_of_birth' then '{born}'
                                                when 'addresses' then '{uprn,address}'
                                                when 'external_references' then '{reference}' else '{}' end::text[])
                             from unnest(gone) m))
$$;
comment on function forget_search_keys(uuid, text[]) is
  'Takes away what a person was found by through these members; what is left of them is written again when they are blanked.';

create or replace function erase_lines(kind text, id uuid, gone text[], note jsonb) returns int language plpgsql as $$
declare
  touched int;
begin
  update ledger_line l set (image, salts, erased) = (select e.image, e.salts, e.erased from line_without(l, t.gone, note) e)
  from   (select o.force_id, o.line_id, array_agg(m.key) as gone from ledger_line o, jsonb_each(o.image) m
          where  o.force_id = current_force() and o.record_id = erase_lines.id and o.relation = erase_lines.kind and o.image is not null
          and    m.key = any (erase_lines.gone) and m.value not in ('null', '[]', '{}', '""', '"[erased]"')
          group  by o.force_id, o.line_id) t
  where  l.force_id = t.force_id and l.line_id = t.line_id;
  get diagnostics touched = row_count;
  return touched;
end $$;
comment on function erase_lines(text, uuid, text[], jsonb) is 'Takes members out of every line of a record, where they say anything; how many lines that were.';

create or replace function erase_members(subject jsonb, asked jsonb, basis text, on_authority text)
returns table (kind text, id uuid, members text[], line_count int)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  k       record_kind;
  before  jsonb;
  cases   uuid[];
  holds   jsonb;
begin
  if not 'records_manager' = any (current_staff_roles()) then
    perform refuse('SL403', 'role_not_allowed', '{"allowedRoles": ["records_manager"]}');
  end if;
  kind := subject ->> 'kind';
  id := (subject ->> 'id')::uuid;
  members := members_to_erase(kind, asked);
  select * into k from record_kind r where r.relation = kind;
  execute format('select to_jsonb(t) from %I t where force_id = $1 and %I = $2 for update', k.table_name, k.id_column)
  into before using current_force(), id;

  cases := cases_of_record(before);
  perform from case_file c where c.force_id = current_force() and c.case_id = any (cases) order by c.case_id for no key update;
  select jsonb_agg(jsonb_build_object('holdId', h.hold_id, 'caseId', h.case_id)) filter (where not case_is_hidden(h.case_id)) into holds
  from   holds_standing(cases) h having count(*) > 0;
  -- Nothing tells whom a case is hidden from that it is there, and held.
  if found and holds is null then
    perform refuse('SL409', 'not_possible', '{"detail": "These members can''t be erased now."}');
  elsif found then
    perform refuse('SL409', 'legal_hold', jsonb_build_object('holds', holds));
  end if;

  perform set_context('kind', 'erasure'), set_context('purpose', basis || ': ' || on_authority);
  line_count := erase_lines(kind, id, members, jsonb_build_object('at', instant(clock_timestamp()), 'authority', on_authority));
  if line_count = 0 then
    perform refuse('SL409', 'not_possible', '{"detail": "Nothing of these members is left to erase."}');
  end if;
  if kind = 'person' then
    perform forget_search_keys(id, members);
  end if;
  perform blank_record(k, id, members);
  return next;
end $$;
comment on function erase_members(jsonb, jsonb, text, text) is
  'Erases members of a record from it and from the ledger''s lines of it. SL409 while a legal hold stands on a case it belongs to, SL422 for members that can''t be erased.';

alter function erase_members(jsonb, jsonb, text, text) owner to secondlook_eraser;
grant execute on function erase_members(jsonb, jsonb, text, text), known_record(text, uuid, text), record_is_seen(text, uuid),
  erasure_is_hidden(text, uuid) to secondlook_app;
grant select on record_kind to secondlook_app;
grant select on record_kind, erasable_member to secondlook_eraser;
grant execute on function members_to_erase(text, jsonb), column_name(text), cases_of_person(uuid), cases_of_record(jsonb), answers_uncommented(jsonb),
  leaf_member_hash(text, text, bytea), line_without(ledger_line, text[], jsonb), only_erasure(), erase_lines(text, uuid, text[], jsonb),
  blank_record(record_kind, uuid, text[]), forget_search_keys(uuid, text[]), refuse(text, text, jsonb), fault_at(text, text, text),
  refuse_faults(jsonb), set_context(text, text), instant(timestamptz), current_force(), current_actor(), current_staff_roles(), domain_now(),
  hidden_cases(), case_is_hidden(uuid), check_version() to secondlook_eraser;

grant select, update (image, salts, erased) on ledger_line to secondlook_eraser;
drop policy if exists erasing_read on ledger_line;
create policy erasing_read on ledger_line for select to secondlook_eraser using (image is not null and force_id = (select current_force()));
drop policy if exists erasing on ledger_line;
create policy erasing on ledger_line for update to secondlook_eraser
  using (image is not null and force_id = (select current_force())) with check (image is not null and force_id = (select current_force()));
