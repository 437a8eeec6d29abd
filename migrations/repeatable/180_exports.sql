-- Exports: which lines of the ledger a case's bundle holds, their proofs, and the chronology that is read out.

insert into setting_definition values
('export_maximum_megabytes', '16', 'Largest bundle that is made, by estimate before it is; at most 64 are ever made.')
on conflict (name) do update set default_value = excluded.default_value, description = excluded.description
where (setting_definition.default_value, setting_definition.description) is distinct from (excluded.default_value, excluded.description);

select make_reference_list(list, words::text[]) from (values
('export_kinds', '{chronology-bundle=Chronology with proofs}'),
('export_purposes', '{inquest,death_review=Domestic abuse related death review,criminal_proceedings,civil_proceedings=Civil or family proceedings,independent_investigation,complaint,lawfulness_check=Check of lawfulness,self_monitoring=Self-monitoring and discipline,integrity_and_security}')
) as l (list, words);

-- Looks are read for these alone (Data Protection Act 2018 section 62(4)).
create or replace function may_show_looks(purpose text) returns boolean language sql immutable as
  $$ select purpose in ('lawfulness_check', 'self_monitoring', 'integrity_and_security', 'criminal_proceedings') $$;
comment on function may_show_looks(text) is 'Whether the law lets the log of looks be used for it.';

-- An export with looks is an auditor's, one without is a supervisor's. Auditors read the ledger's lines and proofs, no records: of those
-- theirs holds who wrote what when, and each member's hash.
drop policy if exists looks_are_for_auditors on export;
create policy looks_are_for_auditors on export as restrictive to secondlook_app
  using (case when include_looks then 'auditor' else 'supervisor' end = any (current_staff_roles()));

-- --- what a bundle holds ---------------------------------------------------------------------------------------------
-- Everything that the lines which the export saw say of the case: its records, the contacts that were ever linked to it with their
-- facts, and the people whom those name. Not what is about a handler's way of talking. Read as who asks: what is hidden from them
-- is not in it.

drop function if exists bundle_records(uuid, pg_snapshot), bundle_lines(uuid, pg_snapshot), bundle_records(uuid, ledger_leaf), bundle_lines(uuid, ledger_leaf),
  check_export_size(uuid, ledger_leaf), export_line_rows(uuid), line_title(text, text, jsonb, jsonb);

create or replace function earliest_line(records uuid[]) returns uuid language plpgsql immutable as $$
begin
  return (select first_line(r.id) from unnest(records) r (id) order by 1 limit 1);
end $$;
comment on function earliest_line(uuid[]) is 'No line of any of these records is below this identifier.';

create or replace function bundle_records(of_case uuid, upto pg_snapshot) returns uuid[] language plpgsql stable as $$
declare
  here     text := current_force();
  k        record_kind;
  contacts uuid[];
  found_ids uuid[];
  records  uuid[];
  first    uuid;
begin
  contacts := array(select distinct (l.image ->> 'contact_id')::uuid from ledger_line l
                    where  l.force_id = here and l.case_id = of_case and l.relation = 'contact_case' and l.image is not null and l.line_id >= first_line(of_case)
                    and    (upto is null or pg_visible_in_snapshot(l.xid, upto)));
  records := contacts || array(select distinct l.record_id from ledger_line l where l.force_id = here and l.case_id = of_case and l.image is not null
                               and l.line_id >= first_line(of_case));
  for k in select r.* from record_kind r join pg_attribute a on a.attrelid = to_regclass(r.table_name) and a.attname = 'contact_id'
           where r.relation not in ('contact', 'call_listening', 'call_feedback', 'feedback_acknowledgement') order by r.relation loop
    execute format('select array_agg(%I) from %I where force_id = $1 and contact_id = any ($2)', k.id_column, k.table_name)
    into found_ids using here, contacts;
    records := records || found_ids;
  end loop;
  first := earliest_line(records);
  return records || array(
    select distinct named.id::uuid
    from   ledger_line l, unnest(array[l.image ->> 'victim_id', l.image ->> 'perpetrator_id', l.image ->> 'person_id']) as named (id)
    where  l.force_id = here and l.record_id = any (records) and l.line_id >= first and l.relation in ('case', 'case_person', 'contact_person') and l.image is not null
    and    named.id is not null and (upto is null or pg_visible_in_snapshot(l.xid, upto)));
end $$;
comment on function bundle_records(uuid, pg_snapshot) is 'The records of a case, as the lines of a snapshot tell of them when one is given.';

create or replace function bundle_lines(of_case uuid, upto pg_snapshot) returns setof ledger_line language plpgsql stable rows 500 as $$
declare
  records uuid[] := bundle_records(of_case, upto);
  first   uuid := earliest_line(records);
begin
  return query
    select l.* from ledger_line l
    where  l.force_id = current_force() and l.record_id = any (records) and l.image is not null and l.line_id >= first
    and    (l.case_id is null or l.case_id = of_case)
    and    l.relation not in ('call_listening', 'call_feedback', 'feedback_acknowledgement')
    and    (upto is null or pg_visible_in_snapshot(l.xid, upto));
end $$;
comment on function bundle_lines(uuid, pg_snapshot) is 'The lines of a case''s records, those of a snapshot when one is given.';

-- Whoever else needs a bundle makes their own: each disclosure has its purpose, and what its maker may see.
create or replace function own_export(of_export uuid) returns setof export language sql stable rows 1 as $$
  select x.* from export x where x.force_id = current_force() and x.export_id = of_export and x.recorded_by = current_actor()
$$;
comment on function own_export(uuid) is 'An export, for who made it.';

create or replace function export_own_leaf(of_export uuid) returns ledger_leaf language plpgsql stable as $$
declare
  own ledger_leaf;
begin
  select f.* into own from ledger_line l join ledger_leaf f using (force_id, line_id)
  where  l.force_id = current_force() and l.record_id = of_export and l.relation = 'export' and l.version = 1 and l.image is not null;
  if not found then
    perform refuse('SL409', 'not_sealed');
  end if;
  return own;
end $$;
comment on function export_own_leaf(uuid) is 'Where an export ends: the leaf of its own line; SL409 while it isn''t sealed.';

create or replace function export_is_sealed(of_export uuid) returns boolean language sql stable as $$
  select exists (select from ledger_line l join ledger_leaf f using (force_id, line_id)
                 where l.force_id = current_force() and l.record_id = of_export and l.relation = 'export' and l.image is not null)
$$;
comment on function export_is_sealed(uuid) is 'Whether the bundle can be made.';

-- --- what is withheld ------------------------------------------------------------------------------------------------

create or replace function withheld_members(redactions jsonb, relation text, record uuid) returns text[] language sql stable as $$
  select coalesce(array_agg(distinct m.name), '{}')
  from   jsonb_array_elements(redactions) r (item), jsonb_array_elements_text(r.item -> 'members') a (name),
         lateral (select column_name(a.name) union
                  select e.member from erasable_member e where e.relation = withheld_members.relation and e.goes_with = column_name(a.name)) m (name)
  where  r.item ->> 'recordId' = record::text or r.item ->> 'relation' = withheld_members.relation
$$;
comment on function withheld_members(jsonb, text, uuid) is 'The members of a record that redactions withhold, with what is derived from them.';

-- A redaction that meets nothing is a slip, and a slip here is a disclosure.
create or replace function told_by_lines() returns text[] language sql immutable as
  $$ select '{force_id,case_id,version,occurred_at,recorded_at,recorded_by,changed_at,changed_by}'::text[] $$;
comment on function told_by_lines() is 'Members that a line''s own fields say as well, in clear: to withhold them would be of no use.';

create or replace function redaction_faults(of_case uuid, redactions jsonb) returns jsonb language sql stable as $$
  select coalesce(jsonb_agg(f.fault order by f.n, f.m), '[]') from (
    select r.n, 0 as m, fault_at('/redactions/' || r.n - 1, 'one_of_two', 'Either recordId or relation says of which records.') as fault
    from   jsonb_array_elements(redactions) with ordinality r (item, n)
    where  num_nonnulls(r.item ->> 'recordId', r.item ->> 'relation') <> 1
    union all
    select r.n, a.m, fault_at('/redactions/' || r.n - 1 || '/members/' || a.m - 1, 'nothing_to_withhold', 'No such record of the case has a member of that name.')
    from   jsonb_array_elements(redactions) with ordinality r (item, n), jsonb_array_elements_text(r.item -> 'members') with ordinality a (name, m)
    where  num_nonnulls(r.item ->> 'recordId', r.item ->> 'relation') = 1
    and    column_name(a.name) <> all (told_by_lines())
    and    not exists (select from bundle_lines(of_case, null) l
                       where (r.item ->> 'recordId' = l.record_id::text or r.item ->> 'relation' = l.relation) and l.image ? column_name(a.name))
    union all
    select r.n, a.m, fault_at('/redactions/' || r.n - 1 || '/members/' || a.m - 1, 'told_by_its_line', 'Every line tells who wrote it, when, and when it happened.')
    from   jsonb_array_elements(redactions) with ordinality r (item, n), jsonb_array_elements_text(r.item -> 'members') with ordinality a (name, m)
    where  column_name(a.name) = any (told_by_lines())) f
$$;
comment on function redaction_faults(uuid, jsonb) is 'What is wrong with redactions of a case''s bundle.';

-- --- looks -----------------------------------------------------------------------------------------------------------
-- Past the policies, which give lines of looks to nobody: for auditors alone, of the export that says why.

create or replace function bundle_looks(x export, records uuid[], own ledger_leaf) returns setof ledger_line
language plpgsql stable security definer set search_path = public, pg_temp set enable_seqscan = off rows 500 as $$
begin
  if not x.include_looks or not 'auditor' = any (current_staff_roles()) or x.force_id <> current_force() then
    return;
  end if;
  if own.line_id is not null and (select h.position from seen_horizon h)
     < (select o.position from ledger_order o where o.force_id = x.force_id and o.changes and o.line_id = own.line_id order by o.position desc limit 1) then
    perform refuse('SL409', 'not_sealed');
  end if;
  return query
    select l.* from ledger_line l
    where  l.force_id = x.force_id and l.line_id in (
             select s.line_id from seen s join ledger_leaf f on f.force_id = s.force_id and f.line_id = s.line_id
             where  s.force_id = x.force_id and s.record_id = any (records)
             and    (own.line_id is null or (f.epoch, f.leaf_index) <= (own.epoch, own.leaf_index)));
end $$;
comment on function bundle_looks(export, uuid[], ledger_leaf) is
  'The lines of looks that showed any of these records, for a bundle that has looks, up to a leaf when one is given; SL409 until the last of them are spread.';

create or replace function bundle_content(x export, own ledger_leaf) returns setof ledger_line language sql stable rows 500 as $$
  select l.* from bundle_lines(x.case_id, x.snapshot) l
  union all
  select l.* from bundle_looks(x, bundle_records(x.case_id, x.snapshot), own) l
$$;
comment on function bundle_content(export, ledger_leaf) is 'The lines of a bundle, looks too where it has them.';

-- What it will be, roughly: each member stands in a line, in the chronology and on its page; and each line has its proof.
create or replace function check_export_size(x export, own ledger_leaf) returns void language plpgsql stable as $$
declare
  most bigint := (setting_value('export_maximum_megabytes') #>> '{}')::numeric * 1048576;
  size bigint;
  lines bigint;
begin
  select count(*), sum(4 * octet_length(coalesce(l.image::text, l.seen, '')) + 4000) into lines, size from bundle_content(x, own) l;
  if size > most then
    perform refuse('SL409', 'export_too_large', jsonb_build_object('lines', lines, 'bytes', size, 'maximumBytes', most));
  end if;
end $$;
comment on function check_export_size(export, ledger_leaf) is 'SL409 when a bundle would be larger than the setting allows; its lines of looks count as all others.';

create or replace function check_new_export(body jsonb) returns uuid language plpgsql stable as $$
declare
  of_case uuid := known_record('case', (body ->> 'caseId')::uuid, '/caseId');
  looks   boolean := coalesce((body ->> 'includeLooks')::boolean, false);
  whose   text := case when looks then 'auditor' else 'supervisor' end;
  faults  jsonb;
begin
  if not whose = any (current_staff_roles()) then
    perform refuse('SL403', 'role_not_allowed', jsonb_build_object('allowedRoles', array[whose]));
  end if;
  faults := case when not looks then redaction_faults(of_case, coalesce(body -> 'redactions', '[]'))
                 when body ? 'redactions' then jsonb_build_array(fault_at('/redactions', 'not_allowed', 'With looks no member of a record is shown.')) else '[]' end;
  if looks and not may_show_looks(body ->> 'purpose') then
    faults := faults || fault_at('/includeLooks', 'not_allowed', 'Looks are disclosed only to check lawfulness, for self-monitoring, for integrity and security, or in criminal proceedings.');
  end if;
  perform refuse_faults(faults),
          check_export_size(jsonb_populate_record(null::export, jsonb_build_object('force_id', current_force(), 'case_id', of_case, 'include_looks', looks)), null);
  return of_case;
end $$;
comment on function check_new_export(jsonb) is
  'The case of a new export; SL403 for who may not make it, SL422 with everything wrong with it, SL409 when it would be too large.';

-- Less may be there for its maker than was: a contact of it has come to concern a case that they may not see.
create or replace function check_export_lines(x export, own ledger_leaf) returns void language plpgsql stable as $$
begin
  if (select count(*) from bundle_lines(x.case_id, x.snapshot) l join ledger_leaf f on f.force_id = l.force_id and f.line_id = l.line_id
      where  (f.epoch, f.leaf_index) <= (own.epoch, own.leaf_index)) is distinct from x.line_count then
    perform refuse('SL409', 'export_outdated');
  end if;
end $$;
comment on function check_export_lines(export, ledger_leaf) is 'SL409 when the bundle would not hold as many lines of records as its export says.';

create or replace function export_line_rows(of_export uuid)
returns table (x export, own ledger_leaf, epoch int, leaf_index bigint, l ledger_line, is_closed boolean, withheld text[])
language sql stable rows 500 as $$
  with made as materialized (select e as x, o as own from own_export(of_export) e, export_own_leaf(e.export_id) o)
  select m.x, m.own, f.epoch, f.leaf_index, l, c.is_closed,
         case when c.is_closed then array(select jsonb_object_keys(l.image)) else withheld_members((m.x).redactions, l.relation, l.record_id) end
  from   made m, bundle_content(m.x, m.own) l join ledger_leaf f on f.force_id = l.force_id and f.line_id = l.line_id,
         lateral (select (m.x).include_looks and l.image is not null and l.line_id <> (m.own).line_id) c (is_closed)
  where  (f.epoch, f.leaf_index) <= ((m.own).epoch, (m.own).leaf_index)
$$;
comment on function export_line_rows(uuid) is
  'The lines of a bundle with where they are in the tree, and which members are withheld: of a closed one, a record''s in a bundle with looks, all.';

-- --- proofs ----------------------------------------------------------------------------------------------------------
-- Hashes and signed heads of the caller's own force and of the nation; they are read past the policies, for a path leads through
-- everybody's leaves.

create or replace function bundle_heads(own ledger_leaf) returns table (epoch int, head ledger_checkpoint, nation ledger_checkpoint)
language sql stable security definer set search_path = public, pg_temp rows 2 as $$
  select e.epoch, h.head, (select n from ledger_checkpoint n where n.epoch = e.epoch and n.tree = '*' and n.size > (h.head).national_index order by n.size limit 1)
  from   ledger_epoch e, lateral (
           (select c from ledger_checkpoint c where c.epoch = e.epoch and e.epoch = own.epoch and c.tree = current_force() and c.size > own.leaf_index order by c.size limit 1)
           union all
           (select c from ledger_checkpoint c where c.epoch = e.epoch and e.epoch < own.epoch and c.tree = current_force() order by c.size desc limit 1)) h (head)
$$;
comment on function bundle_heads(ledger_leaf) is
  'The signed heads that proofs lead to: the first one that covers the leaf, and of earlier epochs the last one; with the first national head over each.';

create or replace function bundle_inclusion(head ledger_checkpoint, leaf_index bigint) returns text
language sql stable security definer set search_path = public, pg_temp set enable_seqscan = off as
  $$ select '[' || coalesce((select string_agg('"' || base64(p.hash) || '"', ',' order by p.n)
                          from   unnest(tree_inclusion(head.epoch, head.tree, head.size, leaf_index)) with ordinality p (hash, n)), '') || ']'
     where  head.tree in (current_force(), '*') $$;
comment on function bundle_inclusion(ledger_checkpoint, bigint) is 'A leaf''s path, as JSON.';

create or replace function bundle_files(own ledger_leaf) returns table (name text, content text)
language sql stable security definer set search_path = public, pg_temp rows 10 as $$
  with heads as (select h.*, case when h.epoch = own.epoch then '' else 'epochs/' || e.name || '/' end as folder
                 from   bundle_heads(own) h join ledger_epoch e on e.epoch = h.epoch)
  select h.folder || f.name, f.content
  from   heads h, lateral (values
           (1, 'checkpoint.txt', checkpoint_note(h.head)), (2, 'national.txt', checkpoint_note(h.nation)),
           (3, 'national-inclusion.json', format(E'{"nationalIndex":%s,"nationalSize":%s,"nationalInclusion":%s}\n', (h.head).national_index,
                                                 (h.nation).size, bundle_inclusion(h.nation, (h.head).national_index)))) f (n, name, content)
  union all
  select 'keys.txt', string_agg(k.name || '+' || encode(k.key_id, 'hex') || '+' || base64('\x01' || k.public_key) || E'\n', '' order by k.key_id)
  from   ledger_key k where k.key_id in (select (h.head).key_id from heads h union select (h.nation).key_id from heads h)
  order  by 1
$$;
comment on function bundle_files(ledger_leaf) is 'The files of a bundle that hold signed heads, the proof that the nation''s holds the force''s, and keys.';

-- --- lines -----------------------------------------------------------------------------------------------------------

create or replace function bundle_members(l ledger_line, withheld text[]) returns text language sql stable as $$
  select coalesce(string_agg(m.member, ',' order by m.name), '') from (
    select i.key collate "C" as name,
           case when i.key = any (withheld) then format('{"name":%s,"hash":"%s","redacted":true}', to_json(i.key), encode(leaf_member_hash(i.key, i.value::text, s.salt), 'base64'))
                else format('{"name":%s,"value":%s,"salt":"%s"}', to_json(i.key), to_json(i.value::text), encode(s.salt, 'base64')) end as member
    from   (select e.key, e.value, row_number() over (order by e.key collate "C") as place from jsonb_each(l.image) e) i,
           lateral (select substring(l.salts from (16 * i.place - 15)::int for 16)) s (salt)
    union all
    select e.key collate "C", format('{"name":%s,"hash":"%s","erased":{"at":%s,"authority":%s}}', to_json(e.key), encode(decode(e.value ->> 'hash', 'hex'), 'base64'),
                                     to_json(e.value ->> 'at'), to_json(e.value ->> 'authority'))
    from   jsonb_each(l.erased) e) m
$$;
comment on function bundle_members(ledger_line, text[]) is 'The members of a line, each with what its hash is made of, or with its hash alone; lib/ledger/leaf.h says how.';

create or replace function bundle_line(l ledger_line, withheld text[], leaf_index bigint, epoch_name text, inclusion text) returns text
language sql stable as $$
  select format('{"fields":{%s},"members":[%s],"epoch":%s,"leafIndex":%s,"inclusion":%s}',
                (select string_agg(to_json(f.name) || ':' || coalesce(to_json(f.value)::text, 'null'), ',' order by f.n)
                 from   unnest('{force,lineId,recordedAt,kind,operation,actor,client,thumbprint,requestId,purpose,relation,recordId,version,caseId,occurredAt,status,seen}'::text[],
                               ledger_line_fields(l)) with ordinality f (name, value, n)),
                bundle_members(l, withheld), to_json(epoch_name), leaf_index, inclusion)
$$;
comment on function bundle_line(ledger_line, text[], bigint, text, text) is 'A line of lines.ndjson.';

create or replace function export_lines(of_export uuid) returns table (line text, seen text) language sql stable rows 500 as $$
  with lines as materialized (select * from export_line_rows(of_export)),
  heads as materialized (select h.epoch, h.head, e.name from (select own from lines limit 1) o, bundle_heads(o.own) h join ledger_epoch e on e.epoch = h.epoch)
  select bundle_line(b.l, b.withheld, b.leaf_index, h.name, bundle_inclusion(h.head, b.leaf_index)),
         case when not b.is_closed then (b.l).relation || ':' || (b.l).record_id || ':' || (b.l).version end
  from   lines b join heads h on h.epoch = b.epoch
  order  by b.epoch, b.leaf_index
$$;
comment on function export_lines(uuid) is 'The lines of a bundle in the order of the ledger, and what they show.';

-- --- the chronology --------------------------------------------------------------------------------------------------
-- For people: clocks of the United Kingdom, words for codes, the entry where a record is first told of for its identifier.

create or replace function uk_time(moment timestamptz) returns text language sql stable as $$
  select to_char(moment at time zone 'Europe/London', 'Dy DD Mon YYYY HH24:MI:SS')
         || case when moment at time zone 'Europe/London' = moment at time zone 'UTC' then ' GMT' else ' BST' end
$$;
comment on function uk_time(timestamptz) is 'A moment as it is read out.';

-- Free text may look like a moment and be none.
create or replace function moment_shown(said text) returns text language plpgsql stable as $$
begin
  return case when said ~ '^\d{4}-\d\d-\d\d$' then to_char(said::date, 'FMDD FMMonth YYYY')
              when said ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d(:?\d\d)?)$' then uk_time(said::timestamptz) end;
exception when data_exception then
  return null;
end $$;
comment on function moment_shown(text) is 'A date or an instant as people read it; null for what is neither.';

create or replace function value_shown(value jsonb) returns text language plpgsql stable as $$
declare
  text_value text := value #>> '{}';
begin
  case jsonb_typeof(value)
  when 'string' then
    return coalesce(case when text_value ~ '^\d{4}-\d\d-\d\d' then moment_shown(text_value) end,
                    case when text_value ~ '^[a-z0-9]+(_[a-z0-9]+)+$' then replace(text_value, '_', ' ') else text_value end);
  when 'boolean' then
    return case when value = 'true' then 'yes' else 'no' end;
  when 'array' then
    return (select string_agg(value_shown(i.item), case when jsonb_typeof(i.item) = 'object' then E'\n' else ', ' end order by i.n)
            from   jsonb_array_elements(value) with ordinality i (item, n));
  when 'object' then
    return case when value ? 'question' then concat(value_shown(value -> 'question'), ': ', value_shown(value -> 'answer'), ' (' || value_shown(value -> 'source') || ')',
                                                    '. ' || (value ->> 'comment'), '. ' || (value ->> 'skipReason'))
                when value ?& '{code,detail}' then value ->> 'detail'
                when value ?& '{kind,id}' then concat_ws(', ', value_shown(value -> 'kind'), value_shown(value -> 'at'))
                else (select string_agg(lower(word_shown(column_name(m.key))) || ': ' || value_shown(m.value), ', ' order by m.n)
                      from   jsonb_each(value) with ordinality m (key, value, n) where m.value not in ('null', '[]')) end;
  else
    return text_value;
  end case;
end $$;
comment on function value_shown(jsonb) is 'A member''s value as people read it.';

create or replace function actor_shown(actor text) returns text language sql immutable as $$
  select case split_part(actor, ':', 1) when 'client' then substr(actor, 8) || ' (a system)' when 'service' then 'this service'
                                        when 'db' then 'the database''s ' || substr(actor, 4) else actor end
$$;
comment on function actor_shown(text) is 'Who did something, as people read it.';

-- The sentences of the chronology of the API, and for what it has none, which record it is. What is missing a sentence would tell as not so:
-- "no reason given", "not seen".
create or replace function line_title(relation text, kind text, image jsonb, before jsonb, is_partial boolean) returns text language plpgsql stable as $$
begin
  return coalesce(case when kind <> 'erasure' and not is_partial then
                    coalesce(told_of_contact(relation, image), told_of_risk(relation, image, before), told_of_action(relation, image, before)) end,
                  word_shown(relation) || case kind when 'collection' then ' recorded' when 'alteration' then ' changed' when 'erasure' then ': something erased'
                                                    when 'combination' then ' linked' else ' made' end);
end $$;
comment on function line_title(text, text, jsonb, jsonb, boolean) is 'What a line of change tells, in a sentence; where something of it is withheld or erased, only which record it is.';

create or replace function look_title(kind text, operation text, status int) returns text language sql immutable as $$
  select case when status >= 400 then 'Refused: ' when kind = 'disclosure' then 'Fetched: ' else 'Looked at: ' end
         || lower(regexp_replace(operation, '([A-Z])', ' \1', 'g'))
$$;
comment on function look_title(text, text, int) is 'What a line of a look tells, in a few words.';

-- What is no news to a reader: the ledger's own business, and what follows from the rest.
create or replace function member_is_told(relation text, member text, value jsonb) returns boolean language sql immutable as $$
  select coalesce(value not in ('null', '[]', '{}', '""'), true)
  and    member not in ('force_id', 'version', 'recorded_by', 'recorded_at', 'changed_by', 'changed_at', 'status_since', 'phone_key', 'address_key', 'place_key',
                        'occurred_at', 'hold_id', 'yes_topics', 'set_version', 'number', 'detector_version', 'audience', 'is_detected', 'once_key', 'snapshot')
  and    case member when 'compliant' then value = 'false' when 'active' then value = 'false' when 'restricted' then value = 'true'
                     when 'case_id' then false when relation || '_id' then false else true end
$$;
comment on function member_is_told(text, text, jsonb) is 'Whether a member is told of in a chronology.';

-- A row for each member told of, those of an entry one after the other; of a change, what changed. An entry without any is one row.
-- What programs read (`entry`) is in the entry's line word for word, so that it is proven by it; sentences, and gaps, are for people.
create or replace function export_chronology(of_export uuid)
returns table (number bigint, line bigint, moment text, recorded text, actor text, title text, label text, value text, mark text, gap text, entry text)
language sql stable rows 2000 as $$
  with placed as materialized (
    select row_number() over (order by b.epoch, b.leaf_index) as place, (b.l).*, b.is_closed, b.withheld
    from   export_line_rows(of_export) b),
  lines as (
    select p.*, lag(p.image) over w as before, lag(p.erased) over w as erased_before, r.id_column, r.table_name,
           coalesce(((p.image - p.withheld) ->> case when p.version = 1 then 'recorded_at' else 'changed_at' end)::timestamptz, p.recorded_at) as written
    from   placed p left join record_kind r on r.relation = p.relation
    window w as (partition by p.relation, p.record_id order by p.version)),
  told as (
    select l.*, case when l.version = 1 then coalesce(l.occurred_at, l.written) else l.written end as happened from lines l
    where  l.image is null or l.relation not in ('latest_grade', 'review_item') and l.relation not like '%\_transition'),
  entries as materialized (
    select row_number() over o as number, t.*, case when t.image is null then look_title(t.kind, t.operation, t.status)
                                                       else line_title(t.relation, t.kind, t.image, t.before, t.image ?| t.withheld or t.erased is not null) end as title,
           extract(day from t.happened - lag(t.happened) over o)::int as days
    from   told t window o as (order by t.happened, t.place)),
  firsts as materialized (select e.record_id, min(e.number) as number from entries e where e.image is not null group by e.record_id),
  members as (
    select e.number, m.key, m.value, a.attnum,
           case when m.key = any (e.withheld) then 'withheld'
                when m.gone is not null then 'erased ' || uk_time((m.gone ->> 'at')::timestamptz) || ', by authority of ' || (m.gone ->> 'authority') end as mark
    from   entries e cross join
           lateral (select i.key, i.value, null::jsonb as gone from jsonb_each(e.image) i
                    where  member_is_told(e.relation, i.key, i.value) and i.key is distinct from e.id_column and (e.before is null or e.before -> i.key is distinct from i.value)
                    union all
                    select g.key, null, g.value from jsonb_each(e.erased) g
                    where  member_is_told(e.relation, g.key, null) and not coalesce(e.erased_before ? g.key, false)) m
           left join pg_attribute a on a.attrelid = to_regclass(e.table_name) and a.attname = m.key
    where  not e.is_closed
    union all -- what became blank
    select e.number, i.key, null, a.attnum, null
    from   entries e cross join lateral (select b.key from jsonb_each(e.before) b where member_is_told(e.relation, b.key, b.value) and e.image ? b.key and b.key <> all (e.withheld)
                               and not member_is_told(e.relation, b.key, e.image -> b.key) and e.image -> b.key in ('null', '[]', '{}', '""')) i
           left join pg_attribute a on a.attrelid = to_regclass(e.table_name) and a.attname = i.key),
  shown as ( -- of looks: which records, and why
    select e.number, string_agg(distinct replace(split_part(t.token, ':', 1), '_', ' ') || coalesce(' (no. ' || f.number || ')', ''), ', ') as records, e.purpose
    from   entries e cross join string_to_table(e.seen, ' ') t (token) left join firsts f on f.record_id::text = split_part(t.token, ':', 2)
    where  e.image is null group by e.number, e.purpose),
  joined as (
    select m.number, string_agg(to_json(m.key) || ':' || m.value, ',' order by m.attnum, m.key) filter (where m.mark is null and m.value is not null) as members,
           json_agg(m.key order by m.attnum, m.key) filter (where m.mark = 'withheld') as withheld,
           json_agg(m.key order by m.attnum, m.key) filter (where m.mark like 'erased %') as erased
    from   members m group by m.number),
  written as (
    select e.number, e.place, e.happened, e.written, e.actor, e.title, e.days,
           format('{"number":%s,"lineId":"%s","occurredAt":"%s","recordedAt":"%s","relation":%s,"recordId":%s,"version":%s,"kind":%s,"actor":%s,'
                  '"members":{%s},"withheld":%s,"erased":%s}',
                  e.number, e.line_id, instant(e.happened), instant(e.written), coalesce(to_json(e.relation)::text, 'null'), coalesce('"' || e.record_id || '"', 'null'),
                  coalesce(e.version::text, 'null'), to_json(e.kind), to_json(e.actor), j.members, coalesce(j.withheld, '[]'), coalesce(j.erased, '[]')) as entry
    from   entries e left join joined j on j.number = e.number)
  select w.number, w.place, uk_time(w.happened), case when w.written > w.happened + interval '1 minute' then uk_time(w.written) end, actor_shown(w.actor), w.title,
         word_shown(regexp_replace(m.key, '_id$', '')),
         coalesce('see no. ' || f.number, case when m.value is null then '(nothing any more)' else value_shown(m.value) end), m.mark,
         case when m.is_first is not false and w.days >= (setting_value('chronology_gap_days') #>> '{}')::numeric then 'No record for ' || w.days || ' days' end,
         case when m.is_first is not false then w.entry end
  from   written w
         left join (select m.*, row_number() over (partition by m.number order by m.attnum, m.key) = 1 as is_first
                    from  (select number, key, value, attnum, mark from members
                           union all select number, 'shown', to_jsonb(records), 1::smallint, null from shown
                           union all select number, 'purpose', to_jsonb(purpose), 2::smallint, null from shown where purpose is not null) m) m on m.number = w.number
         left join firsts f on f.record_id::text = m.value #>> '{}'
  order  by w.number, m.attnum, m.key
$$;
comment on function export_chronology(uuid) is 'A bundle''s chronology, from its own lines alone: what the page and chronology.ndjson are made of.';

-- --- the bundle itself -----------------------------------------------------------------------------------------------

create or replace function export_about(of_export uuid)
returns table (case_name text, force_name text, purpose_name text, basis_name text, recipient text, reason text, made_by text, made text, covers text, modified bigint, manifest text)
language sql stable rows 1 as $$
  select case when x.include_looks then c.case_id::text else coalesce(c.reference, c.case_id::text) end, f.name,
         (select w.name from reference_word w where w.list = 'export_purposes' and w.code = x.purpose),
         (select w.name from reference_word w where w.list = 'referral_bases' and w.code = x.legal_basis), x.recipient, x.reason,
         x.recorded_by, uk_time(x.recorded_at),
         case when x.include_looks then 'Who looked at what of the case until then; and of its records, who wrote them and when, not what they hold.'
              else 'Everything recorded of the case until then' || case when x.redactions = '[]' then '' else ', but for what is marked as withheld' end || '.' end,
         extract(epoch from x.recorded_at)::bigint,
         '"format":"secondlook-chronology-bundle-v1","force":' || to_json(x.force_id) || ',"lineId":' || to_json(own.line_id) || ','
         || (select string_agg(to_json(m.name) || ':' || (l.image -> m.of), ',' order by m.n)
             from   unnest('{exportId,kind,caseId,purpose,legalBasis,recipient,reason,includeLooks,redactions,holdId,lineCount,madeBy,madeAt}'::text[],
                           '{export_id,kind,case_id,purpose,legal_basis,recipient,reason,include_looks,redactions,hold_id,line_count,recorded_by,recorded_at}'::text[])
                    with ordinality m (name, of, n))
         || ',"checkpoint":' || to_json((select t.content from bundle_files(own) t where t.name = 'checkpoint.txt'))
  from   own_export(of_export) x join force f on f.force_id = x.force_id join case_file c on c.force_id = x.force_id and c.case_id = x.case_id,
         export_own_leaf(x.export_id) own join ledger_line l on l.force_id = own.force_id and l.line_id = own.line_id,
         check_export_size(x, own), check_export_lines(x, own)
$$;
comment on function export_about(uuid) is 'What a bundle is, as its page and its manifest say: each member of the manifest as the export''s own line has it. No row when it isn''t the caller''s.';

grant execute on function may_show_looks(text), own_export(uuid), earliest_line(uuid[]), bundle_records(uuid, pg_snapshot), bundle_lines(uuid, pg_snapshot), export_own_leaf(uuid), export_is_sealed(uuid),
  bundle_content(export, ledger_leaf), check_export_size(export, ledger_leaf), check_export_lines(export, ledger_leaf), withheld_members(jsonb, text, uuid), told_by_lines(), redaction_faults(uuid, jsonb), check_new_export(jsonb), bundle_heads(ledger_leaf),
  bundle_inclusion(ledger_checkpoint, bigint), bundle_files(ledger_leaf), bundle_members(ledger_line, text[]), bundle_line(ledger_line, text[], bigint, text, text),
  export_lines(uuid), uk_time(timestamptz), moment_shown(text), value_shown(jsonb), actor_shown(text), line_title(text, text, jsonb, jsonb, boolean), look_title(text, text, int), bundle_looks(export, uuid[], ledger_leaf), export_line_rows(uuid), member_is_told(text, text, jsonb), export_chronology(uuid),
  export_about(uuid), word_shown(text), column_name(text), leaf_member_hash(text, text, bytea), leaf_text(text), ledger_line_fields(ledger_line), leaf_instant(timestamptz) to secondlook_app;
grant select on erasable_member to secondlook_app;
