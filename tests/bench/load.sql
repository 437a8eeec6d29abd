-- Fills a migrated database with invented people, cases, contacts and assessments, as much as the bench asks for.
-- Variables: contacts, cases. The cases lie over ten years, however many there are; a case's contacts follow each other in 81 hours,
-- so that there is as much to find in each at any size. A case has one assessment. Every fifth case belongs to west-midlands, the others are
-- spread over the other forces. Identifiers are numbers in UUID form, so that a load can name them by number:
-- 00000000-0000-7000-8000-1…n cases, 2…n people, 3…n contacts, 4…n assessments, 5…n items of the queue.
\set ON_ERROR_STOP on
set synchronous_commit = off;
set session_replication_role = replica;
set client_min_messages = warning;
set work_mem = '256MB';
set max_parallel_maintenance_workers = 2;
create temporary table filled as
  select t from unnest('{person,search_key,case_file,contact,contact_person,contact_case,assessment,review_item,latest_grade}'::text[]) as t;

-- Many rows at once: neither triggers nor lines of the ledger, and the indexes are made when all rows are there. A table that is emptied in
-- the transaction that fills it needs no write-ahead log where the server keeps none for standbys.
begin;
do $$ declare t text; begin
  for t in select f.t from filled f loop
    execute format('alter table %I disable trigger all', t);
  end loop;
  execute (select 'truncate ' || string_agg(f.t, ', ') || ' cascade' from filled f);
  update pg_index set indisvalid = false, indisready = false where indrelid in (select f.t::regclass from filled f);
end $$;

\set each '(m / :cases * interval ''81 hours'' + interval ''7 seconds'')'
create function pg_temp.id(kind int, n bigint) returns uuid language sql stable as
  $$ select ('00000000-0000-7000-8000-' || kind || lpad(n::text, 11, '0'))::uuid $$;
create temporary table cases as
  select n, case when n % 5 = 0 then 'west-midlands' else o.forces[1 + n % 42] end as force_id, timestamptz '2016-11-01' + n * (interval '3650 days' / :cases) as at
  from   generate_series(1, :cases) as n,
         (select array_agg(force_id order by force_id) as forces from force where force_id not in ('west-midlands', 'national')) o;
analyze cases;

insert into person (force_id, person_id, given_name, family_name, date_of_birth, phones, addresses, recorded_by)
select c.force_id, pg_temp.id(2, 2 * c.n + side), initcap(syllables.a || syllables.b), initcap(syllables.c || syllables.d),
       date '1950-01-01' + (c.n * 7 + side)::int % 20000, array['07' || lpad((2 * c.n + side)::text, 9, '0')],
       jsonb_build_array(jsonb_build_object('uprn', (10000000 + c.n)::text)), 'load'
from   cases c, generate_series(0, 1) as side,
       lateral (select (array['mi','ro','ta','se','la','ko','da','ne','vi','su'])[1 + (c.n + side) % 10] as a,
                       (array['ra','len','mir','dan','vik','sol','ja','beth','nor','tis'])[1 + (c.n / 10) % 10] as b,
                       (array['ash','birch','cole','dun','ever','fern','glen','hart','iver','kings'])[1 + (c.n / 100) % 10] as c,
                       (array['well','ford','ley','ton','more','field','worth','by','ham','stead'])[1 + (c.n / 1000 + side) % 10] as d) as syllables;
-- What the bench looks people up by; person_keys() would take most of the time.
insert into search_key
select p.force_id, k.kind, k.key, p.person_id
from   person p, lateral (values ('phone', '+44' || substr(p.phones[1], 2)), ('uprn', p.addresses -> 0 ->> 'uprn')) as k (kind, key);

insert into case_file (force_id, case_id, reference, victim_id, perpetrator_id, occurred_at, recorded_at, recorded_by, changed_by)
select force_id, pg_temp.id(1, n), 'C' || n, pg_temp.id(2, 2 * n), pg_temp.id(2, 2 * n + 1), at, at, 'load', 'load' from cases;

insert into contact (force_id, contact_id, reference, occurred_at, channel, caller, phone, phone_key, address_key, response_grade,
                     narrative, recorded_at, recorded_by, changed_by)
select c.force_id, pg_temp.id(3, m), 'L' || m, c.at + :each, 'call_999', 'victim',
       '07' || lpad((2 * c.n)::text, 9, '0'), '+447' || lpad((2 * c.n)::text, 9, '0'), 'uprn/' || 10000000 + c.n, 'priority',
       'Shouting and a door broken; she has locked herself in the bathroom.', c.at + :each, 'load', 'load'
from   generate_series(1, :contacts) as m join cases c on c.n = 1 + m % :cases;
insert into contact_person (force_id, contact_id, person_id, role, contact_person_id, occurred_at, recorded_at, recorded_by)
select c.force_id, pg_temp.id(3, m), pg_temp.id(2, 2 * c.n + side), case side when 0 then 'victim' else 'suspect' end,
       pg_temp.id(6 + side, m), c.at + :each, c.at + :each, 'load'
from   generate_series(1, :contacts) as m join cases c on c.n = 1 + m % :cases, generate_series(0, 1) as side;
insert into contact_case (force_id, link_id, contact_id, case_id, occurred_at, recorded_at, recorded_by, changed_by)
select c.force_id, pg_temp.id(8, m), pg_temp.id(3, m), pg_temp.id(1, c.n), c.at + :each, c.at + :each, 'load', 'load'
from   generate_series(1, :contacts) as m join cases c on c.n = 1 + m % :cases;

create temporary table answered as
select jsonb_agg(jsonb_build_object('question', key, 'answer', case when number % 3 = 0 then 'yes' else 'no' end, 'source', 'victim')
                 order by number) as answers
from   question where set_name = 'dash-27' and set_version = 1;
insert into assessment (force_id, assessment_id, case_id, set_name, set_version, occurred_at, assessed_by, answers, tick_count,
                        high_risk_count, unanswered_count, yes_topics, suggested_grade, assessor_grade, agreed_grade, rationale,
                        recorded_at, recorded_by)
select c.force_id, pg_temp.id(4, n), pg_temp.id(1, n), 'dash-27', 1, c.at, 'load', a.answers, 9, 5, 0, '{separation,stalking}',
       'medium', g.grade, g.grade, 'Frightened, and it is happening more often.', c.at, 'load'
from   cases c, answered a, lateral (select (array['standard', 'medium', 'high'])[1 + n % 3] as grade) g;
insert into review_item (force_id, item_id, assessment_id, case_id, status, rank, reasons, due_at, claimed_by, lease_until,
                         occurred_at, recorded_at, recorded_by, changed_by)
select c.force_id, pg_temp.id(5, n), pg_temp.id(4, n), pg_temp.id(1, n), case when n % 50 < 5 then 'waiting' else 'done' end,
       (1 + n % 60)::int, '[{"code": "graded_medium", "detail": "The risk is medium."}]', c.at + interval '8 hours', 'load', c.at, c.at, c.at, 'load', 'load'
from   cases c;
insert into latest_grade (force_id, case_id, suggested_grade, assessor_grade, agreed_grade, assessment_id, graded_at, recorded_by, changed_by)
select c.force_id, pg_temp.id(1, n), 'medium', g.grade, g.grade, pg_temp.id(4, n), c.at, 'load', 'load'
from   cases c, lateral (select (array['standard', 'medium', 'high'])[1 + n % 3] as grade) g;

do $$ declare t text; begin
  for t in select f.t from filled f loop
    execute format('alter table %I enable trigger all', t);
    if exists (select from pg_trigger where tgrelid = t::regclass and tgname = 'zz_ledger') then
      execute format('alter table %I enable always trigger zz_ledger', t);
    end if;
  end loop;
end $$;
commit;
select format('reindex table %I', t) from filled \gexec
vacuum analyze;
checkpoint;
