-- Question sets come from documents (api/question-sets); a version that an assessment uses never changes.

-- What is wrong with a document, or null. The format is described in api/question-sets/README.md.
create or replace function question_set_fault(document jsonb) returns text language plpgsql immutable as $$
declare
  fault text;
begin
  if jsonb_typeof(document -> 'name') is distinct from 'string' or (document ->> 'name') !~ '^[a-z][a-z0-9-]{0,39}$' then
    return 'name';
  elsif jsonb_typeof(document -> 'version') is distinct from 'number' or (document ->> 'version') !~ '^[1-9][0-9]{0,4}$' then
    return 'version';
  elsif jsonb_typeof(document -> 'title') is distinct from 'string' then
    return 'title';
  elsif jsonb_typeof(document -> 'scales') is distinct from 'object' then
    return 'scales';
  elsif jsonb_typeof(document -> 'questions') is distinct from 'array' or jsonb_array_length(document -> 'questions') = 0 then
    return 'questions';
  end if;

  select format('question %s', n) into fault
  from   jsonb_array_elements(document -> 'questions') with ordinality as q (item, n)
  where  (item ->> 'key') is null or (item ->> 'number')::int is distinct from n::int or (item ->> 'topic') is null
  or     jsonb_typeof(document -> 'scales' -> (item ->> 'scale')) is distinct from 'array'
  or     jsonb_typeof(item -> 'highRisk') is distinct from 'boolean'
  or     jsonb_typeof(item -> 'countsTowardTotal') is distinct from 'boolean'
  limit 1;
  if fault is null then
    select format('question key %s is repeated', item ->> 'key') into fault
    from   jsonb_array_elements(document -> 'questions') as q (item) group by item ->> 'key' having count(*) > 1 limit 1;
  end if;
  if fault is null then
    select format('unknown question %s', named.key) into fault
    from  (select item -> 'when' ->> 'question' from jsonb_array_elements(coalesce(document -> 'followOn', '[]')) as f (item)
           union all
           select key from jsonb_array_elements(coalesce(nullif(document -> 'grading', 'null') -> 'highCombinations', '[]')) as c (combination),
                           jsonb_array_elements_text(combination) as k (key)) as named (key)
    where  not exists (select from jsonb_array_elements(document -> 'questions') as q (item) where item ->> 'key' = named.key)
    limit 1;
  end if;
  return fault;
end $$;
comment on function question_set_fault(jsonb) is 'The first thing wrong with a question set''s document; null when it is sound.';

create or replace function load_question_set(new_document jsonb) returns boolean language plpgsql as $$
declare
  new_name    text := new_document ->> 'name';
  new_version int;
  fault       text := question_set_fault(new_document);
begin
  if fault is not null then
    raise exception 'question set %: unsound: %', coalesce(new_name, '(no name)'), fault;
  end if;
  new_version := (new_document ->> 'version')::int;
  perform from question_set s where s.name = new_name and s.version = new_version and s.document = new_document;
  if found then
    return false;
  end if;
  perform from assessment a where a.set_name = new_name and a.set_version = new_version limit 1;
  if found then
    raise exception 'question set % version % has been used in assessments and can''t change: raise its version', new_name, new_version;
  end if;

  insert into question_set (name, version, document, title, grading, follow_on)
  values (new_name, new_version, new_document, new_document ->> 'title', nullif(new_document -> 'grading', 'null'),
          coalesce(new_document -> 'followOn', '[]'))
  on conflict (name, version) do update
  set    document = excluded.document, title = excluded.title, grading = excluded.grading, follow_on = excluded.follow_on,
         recorded_at = excluded.recorded_at;
  delete from question q where q.set_name = new_name and q.set_version = new_version;
  insert into question (set_name, set_version, key, number, answers, high_risk, counts, topic, offence)
  select new_name, new_version, item ->> 'key', (item ->> 'number')::int,
         array(select jsonb_array_elements_text(new_document -> 'scales' -> (item ->> 'scale'))),
         (item ->> 'highRisk')::boolean, (item ->> 'countsTowardTotal')::boolean, item ->> 'topic', item ->> 'offence'
  from   jsonb_array_elements(new_document -> 'questions') as q (item);
  return true;
end $$;
comment on function load_question_set(jsonb) is
  'Stores a set and its questions; false when it is there already; raises when it is unsound, or when a version that an assessment uses would change.';
