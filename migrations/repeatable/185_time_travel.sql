-- Time travel: the same statements, over what stood then. In the schema `past` every table of records has a view of its name that gives
-- its rows as they were known by one moment, of what had happened by another; a request that asks for them reads that schema first.

create or replace function known_by() returns timestamptz language sql stable parallel safe
  return coalesce(nullif(current_setting('secondlook.known_by', true), '')::timestamptz, 'infinity');
comment on function known_by() is 'The moment up to which this transaction reads what was recorded.';

create or replace function happened_by() returns timestamptz language sql stable parallel safe
  return coalesce(nullif(current_setting('secondlook.happened_by', true), '')::timestamptz, 'infinity');
comment on function happened_by() is 'The moment up to which this transaction reads what happened.';

create or replace function travel(as_at timestamptz, happened timestamptz) returns void language plpgsql as $$
begin
  perform set_context('known_by', as_at::text), set_context('happened_by', happened::text),
          set_context('now', coalesce(least(as_at, domain_now())::text, current_setting('secondlook.now', true)));
  perform set_config('search_path', 'past, public', true);
end $$;
comment on function travel(timestamptz, timestamptz) is
  'From here on this transaction reads what was known by one moment of what had happened by another; either may be null. What may be seen is decided by now.';

-- The moment is that of the record, in its force's own time: a sandbox's replayed year is travelled by its own dates. Elsewhere it is
-- the real time of the transaction, a moment before its line.
create or replace function line_known_at(image jsonb, recorded_at timestamptz) returns timestamptz language sql stable parallel safe
  return coalesce((image ->> 'changed_at')::timestamptz, (image ->> 'recorded_at')::timestamptz, recorded_at);
comment on function line_known_at(jsonb, timestamptz) is 'When what a line of change tells of became known.';

-- Identifiers begin with the real time of their making (UUIDv7), so a record's lines are in the partitions from then on. An hour is for
-- servers whose clocks differ.
create or replace function first_line(record_id uuid) returns uuid language sql immutable parallel safe
  return case when substr(record_id::text, 15, 1) = '7'
              then (lpad(to_hex(('x' || substr(replace(record_id::text, '-', ''), 1, 12))::bit(48)::bigint - 3600000), 12, '0') || '00000000000000000000')::uuid
              else '00000000-0000-0000-0000-000000000000'::uuid end;
comment on function first_line(uuid) is 'No line of the record is below this identifier.';

create or replace function member_name(column_name text) returns text language sql immutable parallel safe
  return left(column_name, 1) || substr(replace(initcap(replace(column_name, '_', ' ')), ' ', ''), 2);
comment on function member_name(text) is 'A column as the API names its member.';

-- Which records a row shows, as tokens kind:id:version: a template of the row's own columns (--@ seen), or without one the column "@seen".
drop function if exists erased_in(jsonb);
create or replace function erased_in(row_shown jsonb, template text) returns jsonb language plpgsql stable as $$
declare
  tokens text := coalesce(template, row_shown ->> '@seen');
  named  text;
begin
  for named in select distinct m[1] from regexp_matches(tokens, '\{(\w+)\}', 'g') m loop
    tokens := replace(tokens, '{' || named || '}', coalesce(row_shown ->> named, ''));
  end loop;
  return (select jsonb_agg(jsonb_build_object('kind', s.kind, 'recordId', s.id, 'member', member_name(e.key)) || (e.value - 'hash') order by s.kind, s.id, e.key)
          from  (select distinct split_part(t, ':', 1) as kind, split_part(t, ':', 2) as id from unnest(string_to_array(tokens, ' ')) t
                 where  t ~ '^\w+:[0-9a-f-]{36}:') s
          cross  join lateral (
                 select distinct on (m.key) m.key, m.value from ledger_line l, jsonb_each(l.erased) m
                 where  l.force_id = current_force() and l.record_id = s.id::uuid and l.relation = s.kind and l.image is not null
                 and    l.line_id >= first_line(s.id::uuid) and l.erased is not null) e);
end $$;
comment on function erased_in(jsonb, text) is 'What was erased of the records that a row shows: [{kind, recordId, member, at, authority}]; null when nothing was.';

create or replace function constant_value(expression text) returns jsonb language plpgsql immutable as $$
declare
  value jsonb;
begin
  if expression ~ '^(''[^'']*''::[a-z\[\] ]+|-?[0-9]+|true|false)$' then
    execute 'select to_jsonb(' || expression || ')' into value;
  end if;
  return value;
end $$;
comment on function constant_value(text) is 'A column''s default, when it is a constant; else null.';

-- A row that may change is its present self in what never changes (so that indexes serve), and its image of then in the rest; a row that may not
-- is itself. A column added later has its default in older images. The image becomes a row in an expression, which is made ready once in a query; in a list of
-- tables it would be at every row, for ten times the cost.
create or replace function past_view(k record_kind) returns text language plpgsql stable as $$
declare
  columns  text;
  defaults jsonb;
  is_there text := '';
  changes  boolean;
  has      text[];
begin
  select array_agg(a.attname::text), bool_or(a.attname = 'changed_at') into has, changes
  from   pg_attribute a where a.attrelid = k.table_name::regclass and a.attnum > 0 and not a.attisdropped;
  if 'recorded_at' = any (has) then
    is_there := ' and t.recorded_at <= known_by()';
  end if;
  -- Who and what there is doesn't happen; what is told of them does.
  if has && '{occurred_at,recorded_at}' and k.relation not in ('case', 'case_person', 'case_restriction', 'client', 'latest_grade', 'person', 'service', 'setting', 'staff') then
    is_there := is_there || format(' and coalesce(%s) <= happened_by()',
      (select string_agg('t.' || w, ', ') from unnest('{occurred_at,recorded_at}'::text[]) w where w = any (has)));
  end if;
  if not changes then
    return format('select t.* from %I t where true%s', k.table_name, is_there);
  end if;
  select string_agg(format(case when a.attname in ('force_id', k.id_column, 'occurred_at', 'recorded_at', 'recorded_by')
                                          or a.attname = 'case_id' and k.relation <> 'review_item'
                                          or a.attname = 'contact_id' and k.relation <> 'alert' then 't.%1$I' else '(r.then).%1$I as %1$I' end, a.attname), ', ' order by a.attnum)
  into   columns
  from   pg_attribute a where a.attrelid = k.table_name::regclass and a.attnum > 0 and not a.attisdropped;
  select coalesce(jsonb_object_agg(a.attname, constant_value(pg_get_expr(d.adbin, d.adrelid))), '{}') into defaults
  from   pg_attribute a join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where  a.attrelid = k.table_name::regclass and a.attnotnull and constant_value(pg_get_expr(d.adbin, d.adrelid)) is not null;
  return format(
    'select %s from %I t cross join lateral (select l.image from ledger_line l where l.force_id = t.force_id and l.record_id = t.%I
     and l.relation = %L and l.image is not null and l.line_id >= first_line(t.%I) and line_known_at(l.image, l.recorded_at) <= known_by()
     order by l.version desc limit 1) i
     cross join lateral (select jsonb_populate_record(null::%I, %L::jsonb || i.image) as "then" offset 0) r where true%s',
    columns, k.table_name, k.id_column, k.relation, k.id_column, k.table_name, defaults, is_there);
end $$;
comment on function past_view(record_kind) is 'The rows of a table of records as they were known, as a query.';

create or replace function make_past_views() returns void language plpgsql as $$
declare
  k record_kind;
  shown record;
begin
  if to_regnamespace('past') is not null then
    drop schema past cascade;
  end if;
  create schema past;
  comment on schema past is 'Tables of records as they were known by a moment: views of the same names, made anew by each migration.';
  for k in select * from record_kind loop
    execute format('create view past.%I with (security_invoker) as %s', k.table_name, past_view(k));
  end loop;
  -- What is shown of records stands on them by name, so it can be said again over those of the past.
  for shown in select c.relname, pg_get_viewdef(c.oid) as query from pg_class c
               where  c.relnamespace = 'public'::regnamespace and c.relkind = 'v' order by c.oid loop
    perform set_config('search_path', 'past, public', true);
    execute format('create view past.%I with (security_invoker) as %s', shown.relname, shown.query);
    perform set_config('search_path', 'public', true);
  end loop;
  grant usage on schema past to secondlook_app;
  grant select on all tables in schema past to secondlook_app;
end $$;
comment on function make_past_views() is 'Makes the schema `past` for the tables as they are.';

grant execute on function known_by(), happened_by(), travel(timestamptz, timestamptz), line_known_at(jsonb, timestamptz), first_line(uuid),
  erased_in(jsonb, text), member_name(text) to secondlook_app;
