-- Words with which a scene is set and a detector is asked: loaded into the tests' database, schema scene.
--
-- Records are known by short names, moments are times of one day. A record happened at `happened` and was recorded at
-- `recorded` (the same, unless said): the triggers see that moment as now.
drop schema if exists scene cascade;
create schema scene;
set search_path = scene, public;

create table named (id uuid primary key, name text not null unique, relation text not null, recorded_at timestamptz not null);
create table entered (moment timestamptz primary key);
create table questioned (subject text, moment timestamptz, primary key (subject, moment));
comment on table named is 'The records of the scene that is played.';
comment on table entered is 'When something was recorded in it.';
comment on table questioned is 'Of what, and as of when, the file''s detector was asked.';

create function id(name text) returns uuid language sql immutable as $$ select md5('scene ' || name)::uuid $$;
comment on function id(text) is 'The identifier of what has that name.';

create function moment(said text) returns timestamptz language plpgsql stable as $$
declare
  parts text[] := regexp_match(said, '^(?:([+-]\d+) )?(\d\d:\d\d(?::\d\d)?)$');
begin
  if parts is null then
    return said::timestamptz;
  end if;
  return date '2030-05-07' + coalesce(parts[1], '0')::int + parts[2]::time at time zone 'UTC';
end $$;
comment on function moment(text) is '20:00, or 20:00:01, is on the scene''s day, Tuesday 7 May 2030; -1 20:00 a day before; else a whole timestamp.';

create function set_now(moment timestamptz) returns void language sql as
  $$ select set_config('secondlook.now', moment::text, true) $$;

create function enter_at(moment timestamptz) returns void language sql as $$
  insert into entered values (moment) on conflict do nothing;
  select set_now(moment);
$$;

create function act_as(staff text, roles text default '') returns void language sql as
  $$ select set_config('secondlook.actor', staff, true), set_config('secondlook.roles', '{' || roles || '}', true) $$;
comment on function act_as(text, text) is 'Who records what follows; without roles every move is allowed.';

create function settled(columns jsonb) returns jsonb language sql stable as $$
  select coalesce(jsonb_object_agg(c.key, case
           when jsonb_typeof(c.value) <> 'string' then c.value
           when (c.key ~ '_id$' or c.key = 'supersedes') and c.value #>> '{}' !~ '^[0-9a-f]{8}-' then to_jsonb(id(c.value #>> '{}'))
           when c.value #>> '{}' ~ '^([+-]\d+ )?\d\d:\d\d(:\d\d)?$' then to_jsonb(moment(c.value #>> '{}'))
           else c.value end), '{}')
  from   jsonb_each(columns) c
$$;
comment on function settled(jsonb) is 'Columns with identifiers for names and timestamps for times.';

create function has_column(relation text, wanted text) returns boolean language sql stable as $$
  select exists (select from pg_attribute a where a.attrelid = ('public.' || relation)::regclass and a.attname = wanted and not a.attisdropped)
$$;

create function key_of(relation text) returns text language sql stable as $$
  select case when cardinality(i.indkey::int[]) > 2 then relation || '_id'
              else (select a.attname::text from pg_attribute a where a.attrelid = i.indrelid and a.attnum = i.indkey[1]) end
  from   pg_index i where i.indrelid = ('public.' || relation)::regclass and i.indisprimary
$$;
comment on function key_of(text) is 'The column of a table of records that identifies one.';

-- Any record.
create function put(relation text, name text, happened text, recorded text default null, columns jsonb default '{}') returns void
language plpgsql as $$
declare
  entered timestamptz := moment(coalesce(recorded, happened));
  line    jsonb;
begin
  perform enter_at(entered);
  insert into named values (id(name), name, relation, entered);
  line := jsonb_build_object('force_id', current_force(), key_of(relation), id(name))
    || case when has_column(relation, 'occurred_at') then jsonb_build_object('occurred_at', moment(happened)) else '{}' end
    || settled(columns);
  execute format('insert into public.%1$I (%2$s) select %2$s from jsonb_populate_record(null::public.%1$I, $1)', relation,
                 (select string_agg(quote_ident(k), ', ') from jsonb_object_keys(line) k)) using line;
end $$;
comment on function put(text, text, text, text, jsonb) is 'A record of a table, with these columns.';

create function change(relation text, name text, recorded text, columns jsonb) returns void language plpgsql as $$
declare
  line jsonb := settled(columns);
begin
  perform enter_at(moment(recorded));
  execute format('update public.%1$I t set %2$s from jsonb_populate_record(null::public.%1$I, $1) n where t.force_id = current_force() and t.%3$I = $2',
                 relation, (select string_agg(format('%1$I = n.%1$I', k), ', ') from jsonb_object_keys(line) k), key_of(relation))
  using  line, id(name);
end $$;
comment on function change(text, text, text, jsonb) is 'Changes columns of a record.';

create function move(relation text, name text, status text, happened text, recorded text default null, columns jsonb default '{}') returns void
language plpgsql as $$
begin
  perform change(relation, name, coalesce(recorded, happened), jsonb_build_object('status', status, 'reason', 'As it was told.')
    || case when has_column(relation, 'status_since') then jsonb_build_object('status_since', moment(happened)) else '{}' end || columns);
end $$;
comment on function move(text, text, text, text, text, jsonb) is 'Moves a record to a state.';

create function reach(relation text, name text, way text[], status text, happened text, recorded text, columns jsonb) returns void
language plpgsql as $$
declare
  step text;
begin
  foreach step in array way[2:coalesce(array_position(way, status), 1)] loop
    perform move(relation, name, step, happened, recorded, columns);
  end loop;
end $$;
comment on function reach(text, text, text[], text, text, text, jsonb) is 'Moves a record along a way, up to a state.';

-- Who, and which pair.
create function person(name text, columns jsonb default '{}', recorded text default '-900 12:00') returns void language sql as
  $$ select put('person', name, recorded, recorded, columns) where not exists (select from named n where n.name = $1) $$;
comment on function person(text, jsonb, text) is 'Somebody; nothing when there is somebody of that name.';

create function pair(name text, victim text, suspect text default null, happened text default '-800 12:00', columns jsonb default '{}') returns void
language plpgsql as $$
begin
  perform person(victim);
  if suspect is not null then
    perform person(suspect);
  end if;
  perform put('case_file', name, happened, null, jsonb_build_object('victim_id', victim, 'perpetrator_id', suspect) || columns);
end $$;
comment on function pair(text, text, text, text, jsonb) is 'A case, with its people when they are new.';

-- What reached the police, and what was done.
create function link(contact text, of_case text, recorded text, columns jsonb default '{}') returns void language sql as $$
  select put('contact_case', contact || '-' || of_case, recorded, recorded,
             jsonb_build_object('contact_id', contact, 'case_id', of_case) || columns)
$$;
comment on function link(text, text, text, jsonb) is 'Links a contact to a case.';

create function contact(name text, happened text, about text default '', columns jsonb default '{}', recorded text default null) returns void
language plpgsql as $$
begin
  perform put('contact', name, happened, recorded,
              '{"channel": "call_999", "caller": "victim", "response_grade": "priority"}' || columns);
  perform link(name, l.of_case, coalesce(recorded, happened)) from unnest(string_to_array(about, ' ')) as l (of_case) where l.of_case <> '';
end $$;
comment on function contact(text, text, text, jsonb, text) is 'A report, linked to cases (names, with blanks between).';

create function involve(contact text, person text, as_what text, recorded text, columns jsonb default '{}') returns void language plpgsql as $$
begin
  perform person(person);
  perform put('contact_person', concat_ws('-', contact, person, as_what), recorded, recorded,
              jsonb_build_object('contact_id', contact, 'person_id', person, 'role', as_what) || columns);
end $$;
comment on function involve(text, text, text, text, jsonb) is 'Names somebody in a contact.';

create function regrade(name text, contact text, grade text, happened text, columns jsonb default '{}', recorded text default null) returns void
language sql as
  $$ select put('response_grade_change', name, happened, recorded, jsonb_build_object('contact_id', contact, 'to_grade', grade) || columns) $$;
comment on function regrade(text, text, text, text, jsonb, text) is 'Changes a contact''s response grade.';

create function attend(name text, contact text, happened text, columns jsonb default '{}', recorded text default null) returns void language sql as
  $$ select put('attendance', name, happened, recorded, jsonb_build_object('contact_id', contact, 'victim_seen', true) || columns) $$;
comment on function attend(text, text, text, jsonb, text) is 'Somebody came.';

create function finish(name text, contact text, happened text, columns jsonb default '{}', recorded text default null) returns void language sql as $$
  select put('closure', name, happened, recorded, jsonb_build_object('contact_id', contact, 'outcome', 'resolved_by_phone',
             'victim_seen', false, 'victim_spoken_to', true) || columns)
$$;
comment on function finish(text, text, text, jsonb, text) is 'The contact''s log was closed.';

create function look_up(name text, contact text, happened text, columns jsonb default '{}', recorded text default null) returns void language sql as
  $$ select put('history_check', name, happened, recorded, jsonb_build_object('contact_id', contact, 'systems', '["intelligence"]'::jsonb) || columns) $$;
comment on function look_up(text, text, text, jsonb, text) is 'What is known was looked up.';

-- What was judged.
create function answered(yes text[], not_asked text[], of_set text) returns jsonb language sql stable as $$
  select jsonb_agg(case when q.topic = any (yes) then jsonb_build_object('question', q.key, 'answer', 'yes', 'source', 'victim')
                        when q.topic = any (not_asked) then jsonb_build_object('question', q.key, 'answer', 'not_asked', 'skipReason', 'No time.')
                        else jsonb_build_object('question', q.key, 'answer', 'no', 'source', 'victim') end order by q.number)
  from   question q where q.set_name = of_set and q.set_version = 1
$$;

create function assess(name text, of_case text, happened text, yes text default '', grade text default 'standard', contact text default null,
                       not_asked text default '', columns jsonb default '{}', recorded text default null, of_set text default 'dash-27') returns void
language plpgsql as $$
declare
  answers jsonb := answered(string_to_array(yes, ' '), string_to_array(not_asked, ' '), of_set);
begin
  perform set_now(moment(coalesce(recorded, happened)));
  perform put('assessment', name, happened, recorded,
    (select to_jsonb(s) from score_assessment(id(of_case), jsonb_build_object('name', of_set, 'version', 1), answers, grade) s)
    || jsonb_build_object('case_id', of_case, 'contact_id', contact, 'assessor_grade', grade, 'rationale', 'As answered.') || columns);
end $$;
comment on function assess(text, text, text, text, text, text, text, jsonb, text, text) is
  'An assessment: topics answered yes, topics not asked, no to all others; columns over what the answers come to.';

create function judge(name text, assessment text, decision text, grade text, happened text, columns jsonb default '{}', recorded text default null) returns void
language sql as $$
  select put('review', name, happened, recorded, jsonb_build_object('assessment_id', assessment, 'decision', decision,
             'specialist_grade', grade, 'reason', 'As told.', 'answers_rationale', 'As told.') || columns)
$$;
comment on function judge(text, text, text, text, text, jsonb, text) is 'A specialist''s review: agree, raise or lower.';

create function authorise(name text, review text, happened text, recorded text default null) returns void language plpgsql as $$
declare
  author text := current_actor();
begin
  perform act_as('WM-SU-2', 'supervisor');
  perform put('review_authorisation', name, happened, recorded, jsonb_build_object('review_id', review, 'reason', 'As told.'));
  perform act_as(author);
end $$;
comment on function authorise(text, text, text, text) is 'A supervisor lets a lowering take effect.';

-- What was done to keep people safe.
create function refer(name text, of_case text, to_kind text, happened text, status text default 'sent', columns jsonb default '{}', recorded text default null)
returns void language plpgsql as $$
begin
  if not exists (select from named n where n.name = 'service ' || to_kind) then
    perform put('service', 'service ' || to_kind, '-900 12:00', null, jsonb_build_object('kind', to_kind, 'name', 'The ' || to_kind));
  end if;
  perform put('referral', name, happened, recorded, '{"grade": "standard", "summary": "As told.", "consent": true, "basis": "consent"}'
    || jsonb_build_object('case_id', of_case, 'service_id', 'service ' || to_kind) || columns);
  perform reach('referral', name, '{draft,sent,acknowledged,accepted,outcome_recorded}', status, happened, recorded,
                jsonb_build_object('sent_at', moment(happened)));
end $$;
comment on function refer(text, text, text, text, text, jsonb, text) is 'A referral to a kind of service, brought to a state at that moment.';

create function protect(name text, of_case text, kind text, status text, happened text, columns jsonb default '{}', recorded text default null)
returns void language plpgsql as $$
begin
  perform put('protection_order', name, happened, recorded,
    jsonb_build_object('case_id', of_case, 'kind', kind, 'machine', order_machine(kind), 'status_since', moment(happened)) || columns);
  perform reach('protection_order', name, order_way(order_machine(kind)), status, happened, recorded, '{}');
end $$;
comment on function protect(text, text, text, text, text, jsonb, text) is 'An order, a notice or bail, brought to a state at that moment.';

create function breach(name text, of_order text, happened text, columns jsonb default '{}', recorded text default null) returns void language plpgsql as $$
begin
  perform put('protection_order_breach', name, happened, recorded, '{"description": "As told.", "action": "none"}' || jsonb_build_object(
    'order_id', of_order, 'case_id', (select o.case_id from protection_order o where o.force_id = current_force() and o.order_id = id(of_order))) || columns);
end $$;
comment on function breach(text, text, text, jsonb, text) is 'A breach of an order.';

create function take_action(name text, of_breach text, action text, happened text, recorded text default null) returns void language plpgsql as $$
begin
  perform put('protection_order_breach_action', name, happened, recorded, (
    select jsonb_build_object('breach_id', b.breach_id, 'order_id', b.order_id, 'case_id', b.case_id, 'action', $3)
    from   protection_order_breach b where b.force_id = current_force() and b.breach_id = id(of_breach)));
end $$;
comment on function take_action(text, text, text, text, text) is 'What was done about a breach.';

create function visit_by_video(name text, contact text, status text, happened text, columns jsonb default '{}', recorded text default null)
returns void language plpgsql as $$
begin
  perform put('video_response', name, happened, recorded, '{"emergency": false, "offender_absent": true, "victim_safe": true,
    "victim_able": true, "victim_chose": true, "consent": "given"}' || jsonb_build_object('contact_id', contact) || columns);
  perform reach('video_response', name, '{offered,scheduled,started,ended}', status, happened, recorded, '{}');
end $$;
comment on function visit_by_video(text, text, text, text, jsonb, text) is 'A response by video, brought to a state at that moment.';

create function tell_school(name text, child text, of_case text, happened text, columns jsonb default '{}', recorded text default null) returns void
language plpgsql as $$
begin
  perform person(child);
  perform put('school_notification', name, happened, recorded, '{"school": "Hill Road", "method": "phone", "outcome": "acknowledged"}'
    || jsonb_build_object('child_id', child, 'case_id', of_case) || columns);
end $$;
comment on function tell_school(text, text, text, text, jsonb, text) is 'A child''s school was told.';

create function ask_disclosure(name text, about text, recipient text, happened text, columns jsonb default '{}', recorded text default null) returns void
language sql as $$
  select put('disclosure', name, happened, recorded, '{"recipient_kind": "person", "route": "right_to_know", "applicant": "police",
             "application": "As told."}' || jsonb_build_object('person_id', about, 'recipient_id', recipient, 'due_at', moment(happened) + interval '28 days') || columns)
$$;
comment on function ask_disclosure(text, text, text, text, jsonb, text) is 'A disclosure under Clare''s Law was asked for.';

-- What a detector says.
create function asked(detector text, subject text, at text, settings jsonb)
returns table (case_id uuid, contact_id uuid, sentence text, evidence jsonb, look_again timestamptz) language plpgsql as $$
declare
  looks_at text;
  limits   jsonb;
  whom     uuid := id(subject);
  moment   timestamptz := moment(at);
begin
  select d.looks_at into looks_at from public.detector d where d.detector_id = detector;
  if not found then
    raise exception 'there is no detector %', detector;
  end if;
  perform set_now(moment), set_config('role', 'secondlook_detector', true);
  limits := jsonb_build_object('detector_' || detector, detector_limits() -> ('detector_' || detector) || settings);
  return query select c.case_id, c.contact_id, c.sentence, c.evidence, c.look_again
               from   call_detectors(array[(looks_at, whom, moment)::subject_at], limits) c;
  perform set_config('role', 'none', true);
end $$;
comment on function asked(text, text, text, jsonb) is 'All that a detector answers about a subject at a moment, asked as the clock asks it.';

create function names_of(evidence jsonb) returns text language sql stable as $$
  select string_agg(coalesce(n.name, r.item ->> 'id'), ' ' order by coalesce(n.name, r.item ->> 'id') collate "C")
  from   jsonb_array_elements(evidence -> 'records') r (item) left join named n on n.id = (r.item ->> 'id')::uuid
$$;
comment on function names_of(jsonb) is 'Names of the records of evidence, in order.';

-- What holds for every finding.
create function flaw(evidence jsonb, sentence text, at timestamptz) returns text language sql stable as $$
  select case
    when jsonb_array_length(evidence -> 'records') not between 1 and 20 then 'its evidence is not 1 to 20 records'
    when exists (select from jsonb_array_elements(evidence -> 'records') r (item) where not item ?& '{kind,id,at}')
    then 'a record of its evidence lacks kind, id or at'
    when exists (select from jsonb_array_elements(evidence -> 'records') r (item) where not exists (
                   select from reference_word w where w.list = 'annotation_subject_kinds' and w.code = item ->> 'kind'))
    then 'the kind of a record of its evidence is none'
    when exists (select from jsonb_array_elements(evidence -> 'records') r (item) join named n on n.id = (item ->> 'id')::uuid
                 where n.recorded_at > $3) then 'its evidence was recorded only later'
    when (select count(*) <> count(distinct (item ->> 'kind', item ->> 'id')) from jsonb_array_elements(evidence -> 'records') r (item))
    then 'a record stands twice in its evidence'
    when sentence !~ '^[A-Z0-9].*\.$' then 'its sentence is none' end
$$;

create function in_words(case_id uuid, contact_id uuid, sentence text, evidence jsonb, look_again timestamptz) returns text language sql stable as $$
  select format('case %s, contact %s: %s [%s]%s', coalesce((select n.name from named n where n.id = case_id), '-'),
                coalesce((select n.name from named n where n.id = contact_id), '-'), coalesce(sentence, 'nothing'),
                names_of(evidence), ', again ' || look_again)
$$;

create function expect(detector text, subject text, at text, fires boolean, of_case text default null, contact text default null,
                       shows text default null, again text default null, settings jsonb default '{}') returns void
language plpgsql as $$
declare
  result  record;
  fired   int := 0;
  matched int := 0;
  again_at timestamptz[] := '{}';
  all_said text := '';
  wrong   text;
begin
  for result in select * from asked(detector, subject, at, settings) loop
    all_said := all_said || E'\n  ' || in_words(result.case_id, result.contact_id, result.sentence, result.evidence, result.look_again);
    if result.look_again is not null then
      again_at := again_at || result.look_again;
    end if;
    if result.sentence is not null and (fires or of_case is null or result.case_id = id(of_case)) then
      fired := fired + 1;
      wrong := coalesce(wrong, flaw(result.evidence, result.sentence, moment(at)));
      if (of_case is null or case of_case when '-' then result.case_id is null else result.case_id = id(of_case) end)
         and (contact is null or result.contact_id = id(contact))
         and (shows is null or (select string_agg(w, ' ' order by w collate "C") from unnest(string_to_array(shows, ' ')) w) = names_of(result.evidence)) then
        matched := matched + 1;
      end if;
    end if;
  end loop;
  wrong := case
    when not fires and fired > 0 then 'it fired'
    when fires and fired = 0 then 'it did not fire'
    when fires and matched = 0 then concat_ws(', ', 'it fired otherwise than expected: case ' || of_case, 'contact ' || contact, 'evidence ' || shows)
    when again = 'never' and again_at <> '{}' then 'it looks again'
    when again <> 'never' and moment(again) <> all (again_at || null::timestamptz) is not false then 'it does not look again then'
    else wrong end;
  if wrong is not null then
    raise exception '%: % at %: %', current_setting('scene.title'), subject, at, wrong || all_said;
  end if;
  perform set_config('scene.' || case when fires then 'fired' else 'silent' end, 'yes', true);
  if detector = current_setting('scene.detector') and settings = '{}' then
    insert into questioned values (subject, moment(at)) on conflict do nothing;
  end if;
end $$;
comment on function expect(text, text, text, boolean, text, text, text, text, jsonb) is
  'Asks a detector and raises when it says otherwise: of_case (- for none), contact, shows (names of all records of the evidence), again (a moment, or never).';

create function fires(subject text, at text, of_case text default null, contact text default null, shows text default null,
                      again text default null, settings jsonb default '{}') returns void language sql as
  $$ select expect(current_setting('scene.detector'), subject, at, true, of_case, contact, shows, again, settings) $$;
comment on function fires(text, text, text, text, text, text, jsonb) is 'The file''s detector fires.';

create function silent(subject text, at text, again text default null, of_case text default null, settings jsonb default '{}') returns void
language sql as
  $$ select expect(current_setting('scene.detector'), subject, at, false, of_case, null, null, again, settings) $$;
comment on function silent(text, text, text, text, jsonb) is 'The file''s detector says nothing, or nothing of that case.';

-- A detector sees only what was recorded by the moment as of which it is asked: what was recorded later is taken away, and
-- it must say the same.
create function take_away(since timestamptz) returns void language plpgsql as $$
declare
  relation text;
begin
  perform set_config('session_replication_role', 'replica', true);
  update contact c set response_grade = g.grade, target_at = g.target_at, crime_reference = case when k.was_later then null else c.crime_reference end
  from   named n, lateral (select (grade_known(t, since)).* from contact t where t.force_id = current_force() and t.contact_id = n.id) g,
         lateral (select coalesce(bool_and(l.recorded_at > since), false) as was_later from closure l
                  where l.force_id = current_force() and l.contact_id = n.id and l.crime_reference is not null) k
  where  n.relation = 'contact' and c.force_id = current_force() and c.contact_id = n.id;
  for relation in select distinct t.name from named n cross join lateral (values (n.relation), (n.relation || '_transition')) t (name)
                  where to_regclass('public.' || t.name) is not null loop
    execute format('delete from public.%I where force_id = current_force() and recorded_at > $1', relation) using since;
  end loop;
  perform set_config('session_replication_role', 'origin', true);
end $$;

create function all_said(at timestamptz) returns text language sql as $$
  select coalesce(string_agg(concat_ws(' ', q.subject, in_words(a.case_id, a.contact_id, a.sentence, a.evidence, a.look_again), a.evidence),
                             E'\n  ' order by q.subject, a.case_id, a.sentence), 'nothing')
  from  (select distinct subject from questioned) q, asked(current_setting('scene.detector'), q.subject, $1::text, '{}') a
$$;

create function check_as_of() returns void language plpgsql as $$
declare
  at        timestamptz;
  with_all  text;
  with_less text;
begin
  for at in select e.moment - interval '1 second' from entered e union select q.moment from questioned q order by 1 loop
    with_all := all_said(at);
    begin
      perform take_away(at);
      raise exception using errcode = 'SCENE', message = all_said(at);
    exception when sqlstate 'SCENE' then
      with_less := sqlerrm;
    end;
    if with_all <> with_less then
      raise exception '%: as of % it says what was recorded only later%', current_setting('scene.title'), at,
        format(E'\n  %s\nwithout that\n  %s', with_all, with_less);
    end if;
  end loop;
end $$;
comment on function check_as_of() is 'All that was asked in the scene, just before anything was recorded: no answer rests on what came later.';

-- The frame of a scene: what `run` makes of its headline.
create function open(detector text, mark text, title text) returns void language plpgsql as $$
begin
  perform set_config('secondlook.force', 'west-midlands', true), set_config('scene.detector', detector, true),
          set_config('scene.mark', mark, true), set_config('scene.title', concat(detector, ': ', mark, ': ', title), true),
          set_config('scene.fired', '', true), set_config('scene.silent', '', true);
  perform act_as('WM-CH-1');
end $$;

create function close() returns text language plpgsql as $$
declare
  fired  boolean := current_setting('scene.fired') = 'yes';
  quiet  boolean := current_setting('scene.silent') = 'yes';
begin
  if not (case current_setting('scene.mark') when 'fires' then fired when 'silent' then quiet and not fired else fired and quiet end) then
    raise exception '%: expects something else than its headline says', current_setting('scene.title');
  end if;
  perform check_as_of();
  return 'ok   ' || current_setting('scene.title');
end $$;
comment on function close() is 'What a scene is marked as it must have expected: a boundary both, on its two sides.';
