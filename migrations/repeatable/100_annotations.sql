-- Annotations: what they may be about, who may write and read them, and how they are shown.

-- Not found, or not to be seen: no row. A contact that concerns exactly one case belongs to that case.
create or replace function annotation_subject(kind text, id uuid)
returns table (case_id uuid, contact_id uuid) language plpgsql stable as $$
#variable_conflict use_column
declare
  here text := current_force();
begin
  case kind
  when 'case' then
    return query select c.case_id, null::uuid from case_file c where c.force_id = here and c.case_id = id;
  when 'contact' then
    return query select contact_only_case(c.contact_id), c.contact_id from contact c where c.force_id = here and c.contact_id = id;
  when 'response_grade_change' then
    return query select contact_only_case(c.contact_id), c.contact_id from response_grade_change c where c.force_id = here and c.change_id = id;
  when 'attendance' then
    return query select contact_only_case(c.contact_id), c.contact_id from attendance c where c.force_id = here and c.attendance_id = id;
  when 'closure' then
    return query select contact_only_case(c.contact_id), c.contact_id from closure c where c.force_id = here and c.closure_id = id;
  when 'history_check' then
    return query select contact_only_case(c.contact_id), c.contact_id from history_check c where c.force_id = here and c.check_id = id;
  when 'person' then
    return query select null::uuid, null::uuid from person p where p.force_id = here and p.person_id = id;
  when 'assessment' then
    return query select a.case_id, null::uuid from assessment a where a.force_id = here and a.assessment_id = id;
  when 'review' then
    return query select r.case_id, null::uuid from review r where r.force_id = here and r.review_id = id;
  when 'review_item' then
    return query select i.case_id, i.contact_id from review_item i where i.force_id = here and i.item_id = id;
  when 'referral' then
    return query select r.case_id, null::uuid from referral r where r.force_id = here and r.referral_id = id;
  when 'protection_order' then
    return query select o.case_id, null::uuid from protection_order o where o.force_id = here and o.order_id = id;
  when 'protection_order_breach' then
    return query select b.case_id, null::uuid from protection_order_breach b where b.force_id = here and b.breach_id = id;
  when 'primary_aggressor_assessment' then
    return query select j.case_id, null::uuid from primary_aggressor_assessment j where j.force_id = here and j.judgement_id = id;
  when 'annotation' then
    return query select a.case_id, a.contact_id from annotation a where a.force_id = here and a.annotation_id = id;
  else
    return;
  end case;
end $$;
comment on function annotation_subject(text, uuid) is 'The case and the contact that a record belongs to, when it may be seen.';

create or replace function contact_only_case(id uuid) returns uuid language plpgsql stable as $$
declare
  cases uuid[];
begin
  select array_agg(l.case_id) into cases
  from   contact_case l where l.force_id = current_force() and l.contact_id = id and l.active;
  return case when cardinality(cases) = 1 then cases[1] end;
end $$;
comment on function contact_only_case(uuid) is 'The case that a contact concerns, when it is exactly one.';

create or replace function annotation_authors(kind text) returns text[] language sql immutable as $$
  select case kind
         when 'advice' then '{call_handler,dispatcher,officer,specialist,supervisor}'::text[]
         when 'risk_note' then '{call_handler,dispatcher,specialist,supervisor}'
         when 'correction' then '{call_handler,dispatcher,specialist,supervisor}'
         else '{specialist,supervisor}' end
$$;
comment on function annotation_authors(text) is
  'Who may begin an annotation of a kind; advice may be asked for by those who may not give it. Answering is open to all who may read it.';

create or replace function annotation_breadth(visibility text) returns int language sql immutable as
  $$ select array_position('{author_and_supervisors,specialists_and_supervisors,everyone}', visibility) $$;
comment on function annotation_breadth(text) is 'The more, the wider.';

create or replace function may_read_annotation(visibility text, author text, begun_by text) returns boolean
language sql stable as $$
  select visibility = 'everyone' or author = current_actor() or begun_by = current_actor()
         or 'supervisor' = any (current_staff_roles())
         or (visibility = 'specialists_and_supervisors' and 'specialist' = any (current_staff_roles()))
$$;
comment on function may_read_annotation(text, text, text) is 'Whether who acts now is among an annotation''s readers.';

create or replace function annotation_is_hidden(case_id uuid, contact_id uuid, subject_kind text, subject_id uuid) returns boolean
language sql stable as $$
  select coalesce(case_id = any (hidden_cases()), false)
         or (contact_id is not null and contact_is_hidden(contact_id))
         or (subject_kind = 'person' and person_is_hidden(subject_id))
$$;
comment on function annotation_is_hidden(uuid, uuid, text, uuid) is 'Whether an annotation is about something that this transaction may not see.';

-- Checks a NewAnnotation and completes it. An answer, and what takes another's place, is about the same record.
create or replace function annotation_of(body jsonb)
returns table (case_id uuid, contact_id uuid, subject_kind text, subject_id uuid, question_key text, visibility text, begun_by text)
language plpgsql stable as $$
#variable_conflict use_column
declare
  earlier_member text := case when body ? 'replyTo' then 'replyTo' else 'supersedes' end;
  earlier  annotation;
  subject  jsonb := body -> 'subject';
  faults   jsonb := '[]';
  found_case    uuid;
  found_contact uuid;
  pointer  text;
begin
  if body ? 'replyTo' and body ? 'supersedes' then
    faults := faults || fault_at('/supersedes', 'not_allowed', 'An annotation answers another or takes its place, not both.');
  end if;
  if body ? earlier_member then
    select * into earlier from annotation a
    where  a.force_id = current_force() and a.annotation_id = (body ->> earlier_member)::uuid;
    if not found then
      perform refuse_faults(faults || fault_at('/' || earlier_member, 'unknown_reference', 'No such annotation.'));
    end if;
    subject := coalesce(subject, jsonb_strip_nulls(jsonb_build_object(
      'kind', earlier.subject_kind, 'id', earlier.subject_id, 'questionKey', earlier.question_key)));
    if ((subject ->> 'kind'), (subject ->> 'id')::uuid) is distinct from (earlier.subject_kind, earlier.subject_id) then
      faults := faults || fault_at('/subject', 'not_allowed', 'It must be about the same record as the annotation it refers to.');
    end if;
    if body ? 'replyTo' and annotation_breadth(body ->> 'visibility') > annotation_breadth(earlier.visibility) then
      faults := faults || fault_at('/visibility', 'not_allowed', 'An answer must not be open to more people than what it answers.');
    end if;
  end if;
  if subject is null then
    perform refuse_faults(faults || fault_at('/subject', 'required', 'Must be given, unless replyTo or supersedes says what it is about.'));
  end if;

  select s.case_id, s.contact_id into found_case, found_contact
  from   annotation_subject(subject ->> 'kind', (subject ->> 'id')::uuid) s;
  if not found then
    faults := faults || fault_at('/subject/id', 'unknown_reference', 'No such record.');
  elsif subject ? 'questionKey' and not exists (
      select from assessment a join question q using (set_name, set_version)
      where  subject ->> 'kind' = 'assessment' and a.force_id = current_force() and a.assessment_id = (subject ->> 'id')::uuid
      and    q.key = subject ->> 'questionKey') then
    faults := faults || fault_at('/subject/questionKey', 'unknown_reference', 'Only an assessment''s own questions can be named.');
  end if;
  perform refuse_faults(faults);

  if not body ? 'replyTo' and not annotation_authors(body ->> 'kind') && current_staff_roles() then
    perform refuse('SL403', 'role_not_allowed', jsonb_build_object('allowedRoles', annotation_authors(body ->> 'kind')));
  end if;
  if body ? 'supersedes' and earlier.recorded_by <> current_actor() and not 'supervisor' = any (current_staff_roles()) then
    perform refuse('SL403', 'role_not_allowed', jsonb_build_object('allowedRoles', '{supervisor}'::text[]));
  end if;
  return query select found_case, found_contact, subject ->> 'kind', (subject ->> 'id')::uuid, subject ->> 'questionKey',
                      coalesce(body ->> 'visibility', earlier.visibility, 'everyone'),
                      coalesce(earlier.begun_by, current_actor());
end $$;
comment on function annotation_of(jsonb) is 'What a new annotation is about and who may read it; SL422 with all its faults, SL403 for a kind that is not this role''s.';

create or replace function seen_annotation(id uuid) returns uuid language plpgsql stable as $$
begin
  perform from annotation a where a.force_id = current_force() and a.annotation_id = id;
  if not found then
    perform refuse('SL404', 'not_found');
  end if;
  return id;
end $$;
comment on function seen_annotation(uuid) is 'The annotation, when it may be seen, else SL404.';

-- A function, since a subquery here would be planned as a hash of all annotations.
create or replace function annotation_is_seen(id uuid) returns boolean language plpgsql stable as $$
begin
  return exists (select from annotation a where a.force_id = current_force() and a.annotation_id = id);
end $$;
comment on function annotation_is_seen(uuid) is 'Whether an annotation may be seen.';

create or replace function read_by_another(author text) returns boolean language plpgsql stable as $$
begin
  if author = current_actor() then
    perform refuse('SL409', 'own_annotation');
  end if;
  return true;
end $$;
comment on function read_by_another(text) is 'True, or SL409 when who acts now is the author.';

drop policy if exists readers on annotation;
create policy readers on annotation as restrictive for select to secondlook_app
  using (may_read_annotation(visibility, recorded_by, begun_by));
drop policy if exists readers on annotation_acknowledgement;
create policy readers on annotation_acknowledgement as restrictive for select to secondlook_app
  using (annotation_is_seen(annotation_id));

drop view if exists annotation_shown;
create view annotation_shown with (security_invoker = true) as
select a.force_id, a.annotation_id, a.case_id, a.contact_id, a.subject_kind, a.subject_id,
       jsonb_strip_nulls(jsonb_build_object('kind', a.subject_kind, 'id', a.subject_id, 'questionKey', a.question_key)) as subject,
       a.kind, a.content, a.visibility, a.reply_to, a.supersedes,
       (select n.annotation_id from annotation n where n.force_id = a.force_id and n.supersedes = a.annotation_id) as superseded_by,
       k.acknowledgements, a.recorded_by, a.recorded_at, a.version,
       concat_ws(' ', 'annotation:' || a.annotation_id || ':' || a.version, k.seen) as seen
from   annotation a, lateral (
         select coalesce(jsonb_agg(jsonb_build_object('acknowledgementId', k.acknowledgement_id, 'recordedBy', k.recorded_by,
                                                      'recordedAt', instant(k.recorded_at), 'note', k.note)
                                   order by k.acknowledgement_id), '[]') as acknowledgements,
                string_agg('annotation_acknowledgement:' || k.acknowledgement_id || ':' || k.version, ' ') as seen
         from   annotation_acknowledgement k where k.force_id = a.force_id and k.annotation_id = a.annotation_id) k;
comment on view annotation_shown is 'Annotations as they are answered.';
grant select on annotation_shown to secondlook_app;

grant execute on function annotation_subject(text, uuid), contact_only_case(uuid),
  annotation_authors(text), annotation_breadth(text), may_read_annotation(text, text, text),
  annotation_is_hidden(uuid, uuid, text, uuid), annotation_of(jsonb), seen_annotation(uuid),
  annotation_is_seen(uuid), read_by_another(text) to secondlook_app;
