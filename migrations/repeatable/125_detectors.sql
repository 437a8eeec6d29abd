-- Detectors: what a write makes due, how a finding becomes an alert, and the pass that the clock makes.
--
-- A detector is a function in detectors/<id>.sql, detect_<id>(subject contact_facts or case_facts, at timestamptz, limits jsonb)
-- returns finding[], strict. What several detectors need is asked once, and given to each as its subject. It sees only what was recorded by
-- `at`, so that it says the same whenever it is run; it writes nothing. Of a subject that has none of what it looks into (referrals, say) it
-- isn't asked.

-- What a write makes due. One note of a subject is enough for a transaction. A call handler waits for these: the column that says
-- which subject stands in the function, for reading it by its name costs as much as the rest.
create or replace function note_contact_due() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if new.contact_id is null or current_setting('secondlook.noted_contact', true) = new.contact_id::text then
    return null;
  end if;
  perform set_config('secondlook.noted_contact', new.contact_id::text, true);
  insert into due_check (force_id, check_id, subject_kind, subject_id, due_at)
  values (new.force_id, uuid_now(), 'contact', new.contact_id, '-infinity');
  return null;
end $$;
comment on function note_contact_due() is 'Notes that the detectors must look at the row''s contact.';

create or replace function note_case_due() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if new.case_id is null or current_setting('secondlook.noted_case', true) = new.case_id::text then
    return null;
  end if;
  perform set_config('secondlook.noted_case', new.case_id::text, true);
  insert into due_check (force_id, check_id, subject_kind, subject_id, due_at)
  values (new.force_id, uuid_now(), 'case', new.case_id, '-infinity');
  return null;
end $$;
comment on function note_case_due() is 'Notes that the detectors must look at the row''s case.';

-- A rule's row, its reason in the queue, its settings, all from its own file.
create or replace function define_detector(id text, of_version int, of_severity text, for_audience text, subject text, tier int,
                                           settings jsonb, when_it_fires text, what_to_do text, only_if text default null) returns void
language plpgsql as $$
begin
  if not (select p.proisstrict from pg_proc p where p.oid = format('detect_%s(%s_facts, timestamptz, jsonb)', id, subject)::regprocedure) then
    raise exception 'detect_% is not strict: it would be asked where it is switched off', id;
  end if;
  insert into detector values (id, of_version, of_severity, for_audience, subject, when_it_fires, what_to_do, only_if)
  on conflict (detector_id) do update
  set version = excluded.version, severity = excluded.severity, audience = excluded.audience, looks_at = excluded.looks_at,
      rule = excluded.rule, action = excluded.action, asked_if = excluded.asked_if;
  insert into setting_definition values
  ('detector_' || id, '{"enabled": true}' || settings, when_it_fires)
  on conflict (name) do update set default_value = excluded.default_value, description = excluded.description;
  insert into review_reason values (id, tier, when_it_fires)
  on conflict (code) do update set tier = excluded.tier, detail = excluded.detail;
  update setting_definition d set default_value = d.default_value || jsonb_build_object(id, tier) where d.name = 'review_tiers';
  execute format('revoke execute on function %I(%I, timestamptz, jsonb) from public', 'detect_' || id, subject || '_facts');
  execute format('grant execute on function %I(%I, timestamptz, jsonb) to secondlook_detector', 'detect_' || id, subject || '_facts');
  perform make_detector_calls();
end $$;
comment on function define_detector(text, int, text, text, text, int, jsonb, text, text, text) is
  'Called at the end of a detector''s file: what it is, its default settings, its tier in the queue, and what its subject must have for it to be asked.';

-- The calls stand in the function's text, so they have a plan that is kept: a statement built when it runs is planned anew.
-- A detector without settings isn't asked: it is strict.
create or replace function detector_calls(kind text) returns text language plpgsql stable as $$
begin
  return (
    select format($f$
      return query
      select d.detector_id, %1$L, (s.facts).%4$I, f.case_id, f.contact_id, f.sentence, f.evidence, case when f.look_again > s.at then f.look_again end
      from   %2$I(subjects) s
      cross  join lateral unnest(array[%3$s]) d
      cross  join lateral unnest(d.findings) f
      where  d.findings is not null;$f$, kind, kind || '_facts_at',
      string_agg(format(E'\n        (%L, %sdetect_%s(s.facts, s.at, limits -> %L)%s)::detector_answer', d.detector_id,
                        'case when ' || replace(d.asked_if, 'subject.', '(s.facts).') || ' then ', d.detector_id,
                        'detector_' || d.detector_id, case when d.asked_if is not null then ' end' end), ',' order by d.detector_id), kind || '_id')
    from   detector d where d.looks_at = kind);
end $$;
comment on function detector_calls(text) is 'A query that calls all detectors of a kind of subject, on each of the subjects.';

create or replace function make_detector_calls() returns void language plpgsql as $$
begin
  execute format($f$
    create or replace function call_detectors(subjects subject_at[], limits jsonb) returns setof detector_finding
    language plpgsql stable rows 5 as $b$
    begin%s%s
    end $b$ $f$, detector_calls('contact'), detector_calls('case'));
  comment on function call_detectors(subject_at[], jsonb) is
    'Runs the detectors that there are settings for on subjects, each at its moment. Made by make_detector_calls() from the rows of detector.';
  grant execute on function call_detectors(subject_at[], jsonb) to secondlook_detector;
end $$;
comment on function make_detector_calls() is 'Writes call_detectors() anew.';
select make_detector_calls();

-- What is in force where a force has set nothing is in one row: each contact is looked at by all of it.
create or replace function gather_detector_defaults() returns trigger language plpgsql as $$
begin
  update detector_default d
  set    limits = n.limits
  from  (select coalesce(jsonb_object_agg(k.name, k.default_value), '{}') as limits from setting_definition k
         where  starts_with(k.name, 'detector_') or k.name in ('review_tiers', 'review_due_minutes')) n
  where  d.limits <> n.limits;
  return null;
end $$;
comment on function gather_detector_defaults() is 'Keeps detector_default as the definitions are.';
create or replace trigger detector_defaults after insert or update or delete on setting_definition
  for each statement execute function gather_detector_defaults();

-- What a stale referral's detector finds is acted upon, whether or not it is an alert.
create or replace function switched_on(limits jsonb) returns jsonb language plpgsql immutable strict as $$
begin
  return limits - array(select l.key from jsonb_each(limits) l where l.key <> 'detector_referral_stale' and l.value @> '{"enabled": false}');
end $$;
comment on function switched_on(jsonb) is 'Settings without those of detectors that are switched off: those aren''t asked.';

create or replace function detector_limits() returns jsonb language plpgsql stable as $$
begin
  return (select coalesce(switched_on(d.limits || (
                            select jsonb_object_agg(s.name, case jsonb_typeof(s.value) when 'object' then d.limits -> s.name || s.value else s.value end
                                                    order by s.effective_from, s.recorded_at)
                            from   setting s where s.force_id = current_force() and d.limits ? s.name and s.effective_from <= domain_now())),
                          d.limits)
          from   detector_default d where d.is_only); -- by its index: versions of the row that nobody sees any more lie in pages of their own
end $$;
comment on function detector_limits() is 'The settings of every detector that is switched on, and of the queue that their alerts join, as they are in force now.';

-- Findings.

create or replace function joined_evidence(earlier jsonb, later jsonb) returns jsonb language plpgsql immutable as $$
begin
  return earlier || later || jsonb_build_object('records', coalesce(
    (select jsonb_agg(r.item order by r.item ->> 'at', r.item ->> 'id')
     from  (select d.item
            from  (select distinct on (e.item ->> 'kind', e.item ->> 'id') e.item
                   from   jsonb_array_elements(coalesce(later -> 'records', '[]') || coalesce(earlier -> 'records', '[]'))
                          with ordinality as e (item, n)
                   order  by e.item ->> 'kind', e.item ->> 'id', e.n) d
            order  by d.item ->> 'at' desc, d.item ->> 'id' desc limit 100) r), '[]'));
end $$;
comment on function joined_evidence(jsonb, jsonb) is
  'Evidence with what is new added, the hundred latest records; of two versions of a record''s entry the later.';

create or replace function evidence_has(evidence jsonb, shown jsonb) returns boolean language plpgsql immutable as $$
begin
  return not exists (
    select from jsonb_array_elements(shown -> 'records') r (item)
    where  not coalesce(evidence -> 'records' @> jsonb_build_array(jsonb_build_object('kind', r.item -> 'kind', 'id', r.item -> 'id')), false));
end $$;
comment on function evidence_has(jsonb, jsonb) is 'Whether every record of the second is in the first.';

-- By the case or, where there is none, by the contact: each has its index, and a force has many alerts of one detector.
create or replace function detected_alerts(id text, of_case uuid, of_contact uuid)
returns table (alert_id uuid, status text, evidence jsonb) language plpgsql stable rows 2 as $$
#variable_conflict use_column
begin
  if of_case is not null then
    return query select a.alert_id, a.status, a.evidence from alert a
                 where  a.force_id = current_force() and a.case_id = of_case and a.detector = id and a.is_detected;
  else
    return query select a.alert_id, a.status, a.evidence from alert a
                 where  a.force_id = current_force() and a.contact_id = of_contact and a.case_id is null and a.detector = id and a.is_detected;
  end if;
end $$;
comment on function detected_alerts(text, uuid, uuid) is 'What a detector raised before of a case, or of a contact without one: open or decided.';

-- Who and when are the defaults' own, asked once: a default is made ready anew at every insert, and these are long.
create or replace function new_alerts(findings detector_finding[]) returns void language plpgsql as $$
declare
  moment timestamptz := domain_now();
  actor  text        := current_actor();
begin
  insert into alert (force_id, alert_id, detector, detector_version, severity, audience, case_id, contact_id, finding,
                     evidence, is_detected, occurred_at, recorded_by, recorded_at, changed_by, changed_at)
  select current_force(), uuid_now(), f.detector_id, d.version, d.severity, d.audience, f.case_id, f.contact_id, f.sentence,
         case when jsonb_array_length(f.evidence -> 'records') = 1 then f.evidence else joined_evidence('{}', f.evidence) end, true,
         moment, actor, moment, actor, moment
  from   unnest(findings) f
  cross  join lateral (select k.version, k.severity, k.audience from detector k where k.detector_id = f.detector_id limit 1) d; -- the limit: else all rules are read, for a few
end $$;
comment on function new_alerts(detector_finding[]) is 'Writes findings as alerts.';

-- A person may decide the open alert meanwhile: then it is no longer open when it should grow, and counts as decided.
create or replace function grow_alert(shown detector_finding) returns detector_finding[] language plpgsql as $$
declare
  known   record;
  grown   jsonb;
  covered boolean;
begin
  for known in select * from detected_alerts(shown.detector_id, shown.case_id, shown.contact_id) a order by a.status <> 'open' loop
    covered := evidence_has(known.evidence, shown.evidence);
    grown := case when known.status = 'open' then joined_evidence(known.evidence, shown.evidence) end;
    if grown <> known.evidence then
      update alert a set evidence = grown, finding = shown.sentence, contact_id = coalesce(shown.contact_id, a.contact_id)
      where  a.force_id = current_force() and a.alert_id = known.alert_id and a.status = 'open';
      if not found then
        known.status := 'decided';
      end if;
    end if;
    if covered then
      return '{}';
    elsif known.status = 'open' then
      return array[shown];
    end if;
  end loop;
  perform new_alerts(array[shown]);
  return array[shown];
end $$;
comment on function grow_alert(detector_finding) is
  'More evidence for the open alert; nothing where one with all of it was decided; else an alert anew. What of it is a reason for the queue.';

-- Nearly always what is found is new: those are written by one statement.
create or replace function raise_alerts(findings detector_finding[]) returns detector_finding[] language plpgsql as $$
declare
  finding detector_finding;
  known   text[];
  fresh   detector_finding[] := '{}';
  others  detector_finding[] := '{}';
  key     text;
begin
  -- In the order of the one index that has it: while there are few alerts the planner takes any, and would read all of a force's.
  known := array(select a.detector || ' ' || c.id
                 from  (select distinct f.case_id as id from unnest(findings) f) c
                 cross  join lateral (select k.detector from alert k
                                      where  k.force_id = current_force() and k.case_id = c.id and k.is_detected order by k.occurred_at) a);
  foreach finding in array findings loop
    key := finding.detector_id || ' ' || coalesce(finding.case_id, finding.contact_id);
    if finding.case_id is null or key = any (known) then
      others := others || finding;
    else
      known := known || key;
      fresh := fresh || finding;
    end if;
  end loop;
  if fresh <> '{}' then
    perform new_alerts(fresh);
  end if;
  foreach finding in array others loop
    fresh := fresh || grow_alert(finding);
  end loop;
  return fresh;
end $$;
comment on function raise_alerts(detector_finding[]) is 'Findings as alerts: new ones, or evidence for those there are. Those that are reasons for the queue.';

-- Alerts are reasons in the queue: on the open item of their contact or case, else on a new one of the contact, or of the
-- case's last contact or assessment.
create or replace function queue_alerts(codes text[], of_case uuid, of_contact uuid, subject_contact uuid, subject_assessment uuid, limits jsonb)
returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
  here    text := current_force();
  moment  timestamptz := domain_now();
  actor   text := current_actor();
  item    record;
  judged  record;
  earlier text[] := '{}';
  due     timestamptz;
begin
  perform pg_advisory_xact_lock(queue_lock(here, subject_contact)); -- as queue_contact() does
  select i.item_id, i.reasons into item from review_item i
  where  i.force_id = here and i.status <> 'done'
  and    (i.contact_id = subject_contact or i.assessment_id = subject_assessment or i.case_id = of_case)
  order  by i.contact_id = of_contact desc nulls last, i.case_id = of_case desc nulls last, i.rank, i.item_id limit 1 for update;
  if item.item_id is not null then
    earlier := array(select r.reason ->> 'code' from json_array_elements(item.reasons) r (reason));
    if codes <@ earlier then
      return;
    end if;
  end if;
  select r.rank, r.reasons, r.tier, (select grade_level(g.agreed_grade) from latest_grade g where g.force_id = here and g.case_id = of_case) as level
  into   judged from review_rank(earlier || codes, limits -> 'review_tiers') r;
  due := review_due(judged.tier, judged.level, limits -> 'review_due_minutes');
  if item.item_id is not null then
    update review_item i
    set    rank = judged.rank, reasons = judged.reasons, due_at = least(i.due_at, due)
    where  i.force_id = here and i.item_id = item.item_id;
  else
    insert into review_item (force_id, item_id, contact_id, assessment_id, case_id, rank, reasons, due_at, occurred_at,
                             recorded_by, recorded_at, changed_by, changed_at)
    values (here, uuid_now(), subject_contact, subject_assessment, of_case, judged.rank, judged.reasons, due, moment,
            actor, moment, actor, moment);
  end if;
end $$;
comment on function queue_alerts(text[], uuid, uuid, uuid, uuid, jsonb) is 'Adds alerts'' detectors to the reasons of the item that a specialist will see, and raises its rank.';

-- A detector that fails hides nothing: the others go on, administrators are told once a day, and it is tried again.
create or replace function report_detector(id text, error text) returns void language plpgsql as $$
begin
  insert into alert (force_id, alert_id, detector, severity, audience, finding, evidence, once_key)
  values (current_force(), uuid_now(), 'detector_failed', 'critical', 'administrator',
          'A detector failed; what it should have looked at is kept and tried again.',
          jsonb_build_object('detector', id, 'sqlstate', error), id || ' ' || (domain_now() at time zone 'UTC')::date)
  on conflict (force_id, detector, once_key) where once_key is not null do nothing;
end $$;
comment on function report_detector(text, text) is 'Tells administrators which detector failed, and with what class of error; no text of it, which may name people.';

create or replace function postpone_check(kind text, subject uuid, id text, tries int, at_first interval) returns void language plpgsql as $$
begin
  insert into due_check (force_id, check_id, subject_kind, subject_id, detector_id, due_at, attempts)
  values (current_force(), uuid_now(), kind, subject, id,
          domain_now() + least(interval '6 hours', at_first * (2 ^ least(tries, 20))), tries + 1)
  on conflict (force_id, subject_kind, subject_id, detector_id) where detector_id is not null
  do update set due_at = excluded.due_at, attempts = excluded.attempts;
end $$;
comment on function postpone_check(text, uuid, text, int, interval) is 'After a failure: again after a moment, then after twice as long, at most six hours.';

-- What names no contact goes with what does, else with the case's latest contact that is known by now; a clock that is late may find only later ones.
create or replace function queue_findings(findings detector_finding[], limits jsonb) returns void language plpgsql as $$
declare
  moment     timestamptz := domain_now();
  first      detector_finding;
  finding    detector_finding;
  others     detector_finding[];
  codes      text[];
  named      uuid;
  contact    uuid;
  assessment uuid;
begin
  while cardinality(findings) > 0 loop
    first := findings[1];
    codes := '{}';
    named := null;
    others := '{}';
    foreach finding in array findings loop
      if finding.case_id is not distinct from first.case_id and (named is null or coalesce(finding.contact_id, named) = named) then
        codes := codes || finding.detector_id;
        named := coalesce(named, finding.contact_id);
      else
        others := others || finding;
      end if;
    end loop;
    contact := named;
    assessment := null;
    if contact is null then
      select l.contact_id into contact from contact_case l
      where  l.force_id = current_force() and l.case_id = first.case_id and l.active
      order  by l.recorded_at <= moment desc, l.occurred_at desc, l.contact_id desc limit 1;
    end if;
    if contact is null then
      select a.assessment_id into assessment from assessment a where a.force_id = current_force() and a.case_id = first.case_id
      order  by a.occurred_at desc, a.assessment_id desc limit 1;
    end if;
    if num_nonnulls(contact, assessment) > 0 then
      perform queue_alerts(codes, first.case_id, named, contact, assessment, limits);
    end if;
    findings := others;
  end loop;
end $$;
comment on function queue_findings(detector_finding[], jsonb) is 'New findings as reasons in the queue: all of one case and one contact together.';

create or replace function look_again(findings detector_finding[]) returns void language plpgsql as $$
begin
  insert into due_check (force_id, check_id, subject_kind, subject_id, detector_id, due_at)
  select current_force(), uuid_now(), f.subject_kind, f.subject_id, f.detector_id, min(f.look_again)
  from   unnest(findings) f group by f.subject_kind, f.subject_id, f.detector_id
  on conflict (force_id, subject_kind, subject_id, detector_id) where detector_id is not null
  do update set due_at = excluded.due_at, attempts = 0 where due_check.due_at is distinct from excluded.due_at;
end $$;
comment on function look_again(detector_finding[]) is 'Notes when detectors want to be asked again.';

create or replace function take_all_findings(subjects subject_at[], limits jsonb) returns void language plpgsql as $$
declare
  findings detector_finding[];
  again    detector_finding[];
  stale    jsonb[];
begin
  select array_agg(f) filter (where f.sentence is not null and (limits #>> array['detector_' || f.detector_id, 'enabled'])::boolean),
         array_agg(f) filter (where f.look_again is not null),
         -- The one finding that something is done upon, whether or not it is an alert.
         array_agg(f.evidence) filter (where f.sentence is not null and f.detector_id = 'referral_stale')
  into   findings, again, stale
  from   call_detectors(subjects, limits) f;
  if findings is not null then
    perform queue_findings(raise_alerts(findings), limits);
  end if;
  if stale is not null then
    perform chase_referrals(e) from unnest(stale) e;
  end if;
  if again is not null then
    perform look_again(again);
  end if;
end $$;
comment on function take_all_findings(subject_at[], jsonb) is 'Runs the detectors on subjects: findings become alerts and places in the queue, moments to look again are noted.';

create or replace function check_subjects(subjects subject_at[], limits jsonb, tries int) returns void language plpgsql as $$
declare
  rule record;
begin
  begin
    perform take_all_findings(subjects, limits);
    return;
  exception when others then
    null; -- each detector by itself, so that the one that fails takes none with it
  end;
  for rule in select (s.kind, s.id, s.at)::subject_at as subject, d.detector_id from unnest(subjects) with ordinality s (kind, id, at, place)
              join   detector d on d.looks_at = s.kind and limits ? ('detector_' || d.detector_id) order by s.place, d.detector_id loop
    begin
      perform take_all_findings(array[rule.subject],
        (select jsonb_object_agg(l.key, l.value) from jsonb_each(limits) l
         where  not starts_with(l.key, 'detector_') or l.key = 'detector_' || rule.detector_id));
    exception when others then
      if sqlstate in ('40P01', '40001', '55P03', '23505') then -- another was at it in the same moment
        perform postpone_check((rule.subject).kind, (rule.subject).id, rule.detector_id, tries, interval '1 second');
      else
        perform report_detector(rule.detector_id, sqlstate);
        perform postpone_check((rule.subject).kind, (rule.subject).id, rule.detector_id, tries, interval '1 minute');
      end if;
    end;
  end loop;
end $$;
comment on function check_subjects(subject_at[], jsonb, int) is 'The detectors that there are settings for on subjects, whatever fails.';

-- The pass.

create or replace function force_now(of_force force) returns timestamptz language sql volatile as
  $$ select clock_timestamp() + of_force.clock_offset $$;
comment on function force_now(force) is 'What a force''s clock shows.';

-- All notes of one subject at once. The moment is asked for when the notes have been read: what was committed by then is looked at, though its
-- transaction noted the subject before it wrote the rest. What is noted may have been recorded since a moment that is given, or by a clock that ran
-- ahead of this one.
create or replace function take_changed(here force, until timestamptz, most int) returns subject_at[] language plpgsql as $$
declare
  taken subject_at[];
begin
  with next as (select d.subject_kind, d.subject_id from due_check d
                where  d.force_id = here.force_id and d.due_at = '-infinity' order by d.check_id limit most),
  gone as (delete from due_check d using next n
           where  d.force_id = here.force_id and d.subject_kind = n.subject_kind and d.subject_id = n.subject_id and d.detector_id is null
           returning d.subject_kind, d.subject_id, d.check_id, d.recorded_at)
  select array_agg((n.subject_kind, n.subject_id, greatest(coalesce(until, force_now(here)), n.noted + here.clock_offset))::subject_at order by n.first)
  into   taken
  from  (select g.subject_kind, g.subject_id, min(g.check_id::text) as first, max(g.recorded_at) as noted
         from   gone g group by g.subject_kind, g.subject_id) n;
  return taken;
end $$;
comment on function take_changed(force, timestamptz, int) is
  'The subjects that changed first, so many at most, each as of that moment (null: now) or, if it was noted later, of its own; their notes are gone. Null: none did.';

create or replace function looked_at_with(changed subject_at[]) returns subject_at[] language plpgsql stable as $$
begin
  return array(
    select (o.kind, o.id, max(o.at))::subject_at
    from  (select c.kind, c.id, c.at, c.place from unnest(changed) with ordinality c (kind, id, at, place)
           union all
           select 'case', l.case_id, c.at, c.place from unnest(changed) with ordinality c (kind, id, at, place)
           join   contact_case l on l.force_id = current_force() and l.contact_id = c.id and l.active where c.kind = 'contact'
           union all
           -- What is learnt of a case, a threat to kill say, may make what is being done about a call tonight wrong.
           select 'contact', m.contact_id, c.at, c.place from unnest(changed) with ordinality c (kind, id, at, place)
           cross  join lateral contacts_of_case(c.id, c.at - interval '2 days', c.at, 3) m where c.kind = 'case') o
    group  by o.kind, o.id order by min(o.place), o.kind desc);
end $$;
comment on function looked_at_with(subject_at[]) is 'Subjects that changed, with contacts their cases, with cases their latest contacts; each once.';

-- Of several together one that fails takes none with it: nothing was done, and the first is looked at by itself.
create or replace function check_changed(here force, until timestamptz, most int, limits jsonb) returns int language plpgsql as $$
declare
  changed subject_at[];
begin
  begin
    changed := take_changed(here, until, most);
    if changed is null then
      return 0;
    end if;
    perform set_config('secondlook.now', (select max(c.at) from unnest(changed) c)::text, true);
    perform take_all_findings(looked_at_with(changed), limits);
    return cardinality(changed);
  exception when others then
    null;
  end;
  changed := take_changed(here, until, 1);
  perform set_config('secondlook.now', changed[1].at::text, true);
  perform check_subjects(looked_at_with(changed), limits, 0);
  return 1;
end $$;
comment on function check_changed(force, timestamptz, int, jsonb) is 'Looks at subjects that changed, so many at most, whatever fails; answers at how many.';

create or replace function take_timed(here force, moment timestamptz) returns due_check language plpgsql as $$
declare
  taken due_check;
begin
  delete from due_check d
  using (select k.due_at, k.check_id from due_check k
         where  k.force_id = here.force_id and k.due_at > '-infinity' and k.due_at <= moment order by k.due_at, k.check_id limit 1) n
  where  d.force_id = here.force_id and d.due_at = n.due_at and d.check_id = n.check_id returning d.* into taken;
  return taken;
end $$;
comment on function take_timed(force, timestamptz) is 'What time alone made due first, by that moment; its note is gone. Null: nothing.';

create or replace function check_timed(due due_check) returns void language plpgsql as $$
begin
  perform set_config('secondlook.now', due.due_at::text, true);
  perform check_subjects(array[(due.subject_kind, due.subject_id, due.due_at)::subject_at],
                         switched_on(setting_values(array['detector_' || due.detector_id, 'review_tiers', 'review_due_minutes'])), due.attempts);
end $$;
comment on function check_timed(due_check) is 'Asks one detector again about a subject, at the moment for which it asked.';

-- What changed is looked at first, at the moment it is now; what time alone makes due, at its moment, in order.
create or replace function run_checks_of(for_force text, until timestamptz, most int) returns int
language plpgsql security definer set search_path = public, pg_temp
set secondlook.actor = 'service:clock' set secondlook.request = '(runDetectors,,,,)' set secondlook.purpose = ''
set secondlook.roles = '{}' set secondlook.hidden = '' set secondlook.force = '' set secondlook.now = ''
-- A plan made while a table was small would read all of it for ever, or join with all of it.
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  here     force;
  limits   jsonb;
  timed    due_check;
  looked   int;
  done     int := 0;
  began    timestamptz := clock_timestamp();
  since    timestamptz;
  together int := coalesce(nullif(current_setting('secondlook.looks_together', true), ''), '1');
begin
  select * into here from force f where f.force_id = for_force;
  perform set_config('secondlook.force', for_force, true), set_config('secondlook.now', coalesce(until, force_now(here))::text, true);
  limits := detector_limits();
  -- What a pass has changed is locked until it commits, and a call handler may be waiting for it: after 20 ms it begins nothing more, and
  -- so many are looked at together as would take less than 30 at the last ones' pace.
  while done < most and not (until is null and done > 0 and clock_timestamp() > began + interval '20 milliseconds') loop
    since := clock_timestamp();
    looked := 0;
    -- What has just changed comes first, but what the time has made due waits behind no more than a few handfuls of that.
    timed := case when until is null and random() < 0.5 then take_timed(here, force_now(here)) end;
    if timed.check_id is null then
      looked := check_changed(here, until, least(together, most - done), limits);
    end if;
    if looked > 0 then
      together := greatest(1, least(5, floor(0.03 * looked / nullif(extract(epoch from clock_timestamp() - since), 0))));
    else
      if timed.check_id is null then
        timed := take_timed(here, coalesce(until, force_now(here)));
      end if;
      exit when timed.check_id is null;
      perform check_timed(timed);
      looked := 1;
    end if;
    done := done + looked;
  end loop;
  perform set_config('secondlook.looks_together', together::text, false);
  return done;
end $$;
comment on function run_checks_of(text, timestamptz, int) is 'Looks at what is due in a force by that moment of its clock (null: now, as it goes on), so many subjects at most; answers how many it looked at.';

-- The clock's own statement. One force at a time is looked at by one process: who sets a sandbox''s clock does the same there.
-- What is due is asked for by a moment that stands still: no index can be asked for what a running clock shows.
create or replace function run_checks(most int) returns table (checked int, lag_us bigint)
language plpgsql security definer set search_path = public, pg_temp set enable_seqscan = off as $$
declare
  at   timestamptz := clock_timestamp();
  f    force;
  lag  interval := '0';
begin
  if coalesce(nullif(current_setting('secondlook.queue_seen', true), '')::timestamptz, '-infinity') < at - interval '1 second' then
    perform set_config('secondlook.queue_seen', at::text, false);
    perform raise_overdue_items();
  end if;
  checked := 0;
  -- Forces in no order: one that enters a year of calls at once doesn't keep the others waiting.
  for f in select o.* from force o cross join lateral (select from due_check d where d.force_id = o.force_id and d.due_at <= at + o.clock_offset
                                                       order by d.due_at limit 1) due
           order by random() loop
    if checked = 0 and pg_try_advisory_xact_lock(7322, hashtext(f.force_id)) then
      checked := run_checks_of(f.force_id, null, most);
    end if;
    lag := greatest(lag, (select clock_timestamp() - d.recorded_at from due_check d
                          where  d.force_id = f.force_id and d.due_at = '-infinity' order by d.check_id limit 1),
                         (select force_now(f) - d.due_at from due_check d
                          where  d.force_id = f.force_id and d.due_at > '-infinity' order by d.due_at limit 1));
  end loop;
  lag_us := (extract(epoch from lag) * 1000000)::bigint;
  return next;
end $$;
comment on function run_checks(int) is 'One pass of the clock, so many subjects of one force at most: how many it looked at, and how late what is left is. Once a second it sees to the queue as well.';

-- A sandbox''s clock moves on by what falls due on the way, moment by moment.
create or replace function run_checks_until(moment timestamptz) returns int
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  done int;
  sum  int := 0;
  next timestamptz;
begin
  perform seen_sandbox();
  perform set_config('lock_timeout', '10s', true);
  perform pg_advisory_xact_lock(7322, hashtext(current_force()));
  loop
    select min(d.due_at) into next from due_check d where d.force_id = current_force() and d.due_at <= moment;
    exit when next is null;
    done := run_checks_of(current_force(), greatest(next, domain_now()), 1000);
    sum := sum + done;
    exit when done = 0;
  end loop;
  perform raise_overdue_item(current_force(), moment);
  return sum;
end $$;
comment on function run_checks_until(timestamptz) is 'Looks at everything that falls due in this force by that moment, in order.';

alter function note_contact_due() owner to secondlook_detector;
alter function note_case_due() owner to secondlook_detector;
alter function run_checks_of(text, timestamptz, int) owner to secondlook_detector;
alter function run_checks(int) owner to secondlook_detector;
alter function run_checks_until(timestamptz) owner to secondlook_detector;
grant select, insert, update, delete on due_check to secondlook_detector;
grant select on detector to secondlook_detector, secondlook_app;
grant select on detector_default to secondlook_detector;
grant select on force, question, setting_definition to secondlook_detector;
grant execute on function detector_limits(), switched_on(jsonb), joined_evidence(jsonb, jsonb), evidence_has(jsonb, jsonb), detected_alerts(text, uuid, uuid),
  new_alerts(detector_finding[]), grow_alert(detector_finding), raise_alerts(detector_finding[]), queue_findings(detector_finding[], jsonb), look_again(detector_finding[]),
  queue_alerts(text[], uuid, uuid, uuid, uuid, jsonb), report_detector(text, text),
  postpone_check(text, uuid, text, int, interval), take_all_findings(subject_at[], jsonb), check_subjects(subject_at[], jsonb, int),
  take_changed(force, timestamptz, int), take_timed(force, timestamptz), check_timed(due_check), looked_at_with(subject_at[]), check_changed(force, timestamptz, int, jsonb), run_checks_of(text, timestamptz, int), force_now(force), setting_values(text[]),
  uuid_now(), seen_sandbox(), refuse(text, text, jsonb), cases_of_pair(uuid), acknowledge_deadline(uuid, text, timestamptz), grade_level(text),
  grade_height(text), response_target(text, timestamptz) to secondlook_detector;
grant execute on function run_checks(int) to secondlook_clock;
grant execute on function run_checks_until(timestamptz) to secondlook_app;

-- Which writes make what due. Answers about a contact may tell that its response is wrong, hence an assessment is both.
do $$
declare
  t record;
begin
  for t in select kind, relation from (values
    ('contact', '{contact,contact_person,contact_case,response_grade_change,attendance,closure,history_check,video_response,assessment}'::text[]),
    ('case', '{case_file,case_person,assessment,review,review_authorisation,referral,protection_order,protection_order_serving,'
             'protection_order_hearing,protection_order_notification,protection_order_breach,protection_order_breach_action}')) as v (kind, relations), unnest(v.relations) as relation loop
    execute format('create or replace trigger zzzzz_%s_due after insert or update on %I for each row execute function %I()',
                   t.kind, t.relation, 'note_' || t.kind || '_due');
  end loop;
end $$;
