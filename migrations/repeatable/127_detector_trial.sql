-- A changed rule run over recorded history, without writing: what it would have raised, and what that would have cost.

-- The moments at which the clock would have looked at a subject are those at which something about it was recorded: the
-- tables whose triggers note what is due say which.
create or replace function moments_of(kind text, since timestamptz, until timestamptz)
returns table (subject uuid, moment timestamptz) language plpgsql stable as $$
declare
  source record;
begin
  for source in
    select c.relname, k.kind, k.kind || '_id' as id_column, m.name as moment_column
    from   (values ('contact', 'note_contact_due'::regproc), ('case', 'note_case_due')) as k (kind, noted_by)
    join   pg_trigger t on t.tgfoid = k.noted_by
    join   pg_class c on c.oid = t.tgrelid
    join   (values ('recorded_at'), ('changed_at')) as m (name)
           on exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = m.name)
  loop
    if source.kind = moments_of.kind then
      return query execute format('select distinct %I, %I from %I where force_id = current_force() and %I between $1 and $2 and %I is not null',
        source.id_column, source.moment_column, source.relname, source.moment_column, source.id_column) using since, until;
    elsif moments_of.kind = 'contact' then
      return query execute format('select distinct l.contact_id, t.%I from %I t join contact_case l on l.force_id = t.force_id and l.case_id = t.case_id '
        'where t.force_id = current_force() and t.%I between $1 and $2 and l.active and l.occurred_at > t.%I - interval ''2 days'' and l.recorded_at <= t.%I',
        source.moment_column, source.relname, source.moment_column, source.moment_column, source.moment_column) using since, until;
    else
      return query execute format('select distinct l.case_id, t.%I from %I t join contact_case l on l.force_id = t.force_id and l.contact_id = t.contact_id '
        'where t.force_id = current_force() and t.%I between $1 and $2 and l.active',
        source.moment_column, source.relname, source.moment_column) using since, until;
    end if;
  end loop;
end $$;
comment on function moments_of(text, timestamptz, timestamptz) is 'Contacts or cases about which something was recorded, and when.';

-- Beside those moments, the ones that the detector itself asks for. Bounded, so that a rule which always asks again ends.
create or replace function findings_of(id text, since timestamptz, until timestamptz, limits jsonb)
returns table (moment timestamptz, case_id uuid, contact_id uuid, sentence text, evidence jsonb) language plpgsql stable as $$
declare
  kind   text := (select d.looks_at from detector d where d.detector_id = id);
  due    record;
  result record;
  at     timestamptz;
  again  timestamptz;
begin
  for due in
    select m.subject, m.moment, lead(m.moment) over (partition by m.subject order by m.moment) as next
    from  (select distinct * from moments_of(kind, since, until)) m
  loop
    at := due.moment;
    for step in 1 .. 100 loop
      perform set_config('secondlook.now', at::text, true);
      again := null;
      for result in select * from call_detectors(array[(kind, due.subject, at)::subject_at], limits) loop
        if result.sentence is not null then
          moment := at;
          case_id := result.case_id;
          contact_id := result.contact_id;
          sentence := result.sentence;
          evidence := result.evidence;
          return next;
        end if;
        again := least(again, result.look_again);
      end loop;
      exit when again is null or again <= at or again > until or again >= due.next;
      at := again;
    end loop;
  end loop;
end $$;
comment on function findings_of(text, timestamptz, timestamptz, jsonb) is 'What a detector would have found, each time it would have looked.';

create or replace function try_detector(for_force text, id text, since timestamptz, until timestamptz, changes jsonb) returns text
language plpgsql stable as $$
declare
  rule     detector;
  limits   jsonb;
  unknown  text;
  report   text;
  counts   record;
  minutes  numeric;
begin
  select * into rule from detector d where d.detector_id = id;
  if not found then
    return 'fault: there is no detector ' || id || '; there are ' || (select string_agg(d.detector_id, ', ' order by d.detector_id) from detector d);
  end if;
  perform set_config('secondlook.force', for_force, true), set_config('secondlook.roles', '{}', true),
          set_config('secondlook.hidden', '', true), set_config('secondlook.now', '', true);
  limits := setting_value('detector_' || id);
  select string_agg(k, ', ') into unknown from jsonb_object_keys(changes) k where not limits ? k;
  if unknown is not null then
    return 'fault: ' || id || ' has no setting ' || unknown || '; it has ' || (select string_agg(k, ', ' order by k) from jsonb_object_keys(limits) k);
  end if;

  with tried as (
    select coalesce(f.case_id, f.contact_id) as about, f.case_id is not null as is_case, min(f.moment) as first,
           (array_agg(f.sentence order by f.moment desc))[1] as sentence, (array_agg(f.contact_id order by f.moment))[1] as contact_id,
           max(jsonb_array_length(f.evidence -> 'records')) as records
    from   findings_of(id, since, until, switched_on(jsonb_build_object('detector_' || id, limits || '{"enabled": true}' || changes))) f group by 1, 2),
  real as (
    select distinct coalesce(a.case_id, a.contact_id) as about from alert a
    where  a.force_id = for_force and a.detector = id and a.occurred_at between since and until),
  costed as (
    select t.*, r.about is not null as is_real,
           not exists (select from review_item i where i.force_id = for_force and (i.contact_id = t.contact_id or i.case_id = t.about)
                       and i.recorded_at < t.first and (i.status <> 'done' or i.changed_at > t.first)) as is_new_review
    from   tried t left join real r on r.about = t.about)
  select count(*) as tried, count(*) filter (where is_real) as common, count(*) filter (where is_new_review) as reviews,
         (select count(*) from real) as real,
         string_agg(format(E'%s  %-7s %s  %s  %s%s\n', instant(c.first), case when c.is_case then 'case' else 'contact' end, c.about,
                           case when c.is_real then 'raised too' else 'new       ' end, c.sentence,
                           case when c.records > 0 then format(' (%s records)', c.records) end), '' order by c.first, c.about) as lines
  into counts from costed c;
  select round((percentile_cont(0.5) within group (order by extract(epoch from i.changed_at - i.claimed_at)) / 60)::numeric, 1) into minutes
  from   review_item i where i.force_id = for_force and i.status = 'done' and i.claimed_at >= since and i.changed_at >= i.claimed_at;

  report := format(E'%s, version %s: %s\nin %s from %s to %s, with %s\n\n', id, rule.version, rule.rule, for_force, instant(since),
                   instant(until), limits || changes) || coalesce(counts.lines, '') ||
            format(E'\nalerts: %s; the rule as it was raised %s: %s of both, %s new, %s no longer\n', counts.tried, counts.real, counts.common,
                   counts.tried - counts.common, counts.real - counts.common) ||
            format(E'reviews: %s would have joined the queue, the others were in it%s\n', counts.reviews,
                   case when minutes is null then '; how long a review takes is not recorded in this time'
                        else format('; at %s minutes a review, the median, %s minutes of a specialist', minutes, round(minutes * counts.reviews)) end);
  return report;
end $$;
comment on function try_detector(text, text, timestamptz, timestamptz, jsonb) is
  'A detector with changed settings, whether or not the force has it switched on, over the records of a time, as a text: what it would have raised, beside what was raised, and the reviews that it would have cost.';
grant execute on function moments_of(text, timestamptz, timestamptz), findings_of(text, timestamptz, timestamptz, jsonb),
  try_detector(text, text, timestamptz, timestamptz, jsonb), instant(timestamptz), setting_value(text) to secondlook_detector;
