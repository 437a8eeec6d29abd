-- Annotations: what they may be about, who may write and read them, and how they are shown.

-- Any record may be annotated: 800_guard_tables.sql has them all, and calls this for each. Not those of administration, nor the two
-- that have a case's own identifier. An alert is for its audience. The contact counts where it decides who may see the record.
create or replace function annotated_branch(relation text, table_name text, id_column text, case_column text, visibility text) returns text
language plpgsql stable as $$
declare
  contact text := case when visibility like '%contact_id%' then 't.contact_id' else 'null::uuid' end;
  case_of text := concat_ws(', ', 't.' || nullif(case_column, ''), 'contact_only_case(' || nullif(contact, 'null::uuid') || ')');
begin
  if relation in ('client', 'staff', 'setting', 'sandbox_clock_setting', 'case_restriction', 'latest_grade', 'erasure', 'export') then
    return '';
  end if;
  return format(E'  when %L then\n    return query select %s, %s from %I t where t.force_id = here and t.%I = id%s;\n', relation,
                case when case_of = '' then 'null::uuid' else 'coalesce(' || case_of || ')' end, contact, table_name, id_column,
                case relation when 'alert' then ' and t.audience = any (alert_audiences())'
                              when 'alert_decision' then ' and alert_is_readable(t.alert_id)' else '' end);
end $$;
comment on function annotated_branch(text, text, text, text, text) is 'What annotation_subject() says of one kind of record; nothing of one that may not be annotated.';

-- The calls stand in the function's text, so that each has a plan that is kept.
create or replace function make_annotation_subject(branches text, kinds text[]) returns void language plpgsql as $$
begin
  execute format($f$
    create or replace function annotation_subject(kind text, id uuid)
    returns table (case_id uuid, contact_id uuid) language plpgsql stable as $b$
    #variable_conflict use_column
    declare
      here text := current_force();
    begin
      case kind
    %s  else
        return;
      end case;
    end $b$ $f$, branches);
  comment on function annotation_subject(text, uuid) is
    'The case and the contact that a record belongs to; not found, or not to be seen: no row. Made by make_annotation_subject() from the list of tables.';
  grant execute on function annotation_subject(text, uuid) to secondlook_app;
  perform make_reference_list('annotation_subject_kinds', kinds);
end $$;
comment on function make_annotation_subject(text, text[]) is 'Writes annotation_subject() anew, and the list of what may be annotated.';

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

-- Beside its case and its contact: some records are for fewer people than their case is.
create or replace function annotated_is_seen(kind text, id uuid) returns boolean
language plpgsql stable set search_path = public, pg_temp as $$
begin
  return exists (select from annotation_subject(kind, id));
end $$;
comment on function annotated_is_seen(text, uuid) is 'Whether the record that an annotation is about may be seen.';

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
  elsif subject ->> 'kind' = 'annotation' then
    select * into earlier from annotation a where a.force_id = current_force() and a.annotation_id = (subject ->> 'id')::uuid;
    if earlier.subject_kind = 'annotation' then
      faults := faults || fault_at('/subject/kind', 'not_allowed', 'A note about a note is answered: by replyTo.');
    end if;
  end if;
  if not body ? 'supersedes' and annotation_breadth(body ->> 'visibility') > annotation_breadth(earlier.visibility) then
    faults := faults || fault_at('/visibility', 'not_allowed', 'It must not be open to more people than what it answers, or is about.');
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

select make_seen('seen_annotation', 'annotation', 'annotation_id');

-- A function, since a subquery here would be planned as a hash of all annotations.
create or replace function annotation_is_seen(id uuid) returns boolean language plpgsql stable set search_path = public, pg_temp as $$
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
  using (may_read_annotation(visibility, recorded_by, begun_by) and annotated_is_seen(subject_kind, subject_id));
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

grant execute on function contact_only_case(uuid),
  annotation_authors(text), annotation_breadth(text), may_read_annotation(text, text, text),
  annotated_is_seen(text, uuid), annotation_of(jsonb), seen_annotation(uuid),
  annotation_is_seen(uuid), read_by_another(text) to secondlook_app;
