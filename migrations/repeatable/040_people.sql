-- Identifiers of a record's parts, people inside bodies, and what people and places are found by.

create or replace function part_id(whole uuid, number bigint) returns uuid language sql immutable parallel safe as
  $$ select (left(whole::text, 32) || lpad(to_hex(number), 4, '0'))::uuid $$;
comment on function part_id(uuid, bigint) is
  'The identifier of the n-th record made together with one: new identifiers end in four zeros, which the parts count up.';

create or replace function person_of(item jsonb)
returns table (given_name text, family_name text, aliases text[], date_of_birth date, phones text[], addresses jsonb,
               external_references text[], works_for_police boolean, safe_contact jsonb)
language sql immutable as $$
  select item ->> 'givenName', item ->> 'familyName',
         array(select jsonb_array_elements_text(item -> 'aliases')), (item ->> 'dateOfBirth')::date,
         array(select jsonb_array_elements_text(item -> 'phones')), coalesce(item -> 'addresses', '[]'),
         array(select jsonb_array_elements_text(item -> 'externalReferences')),
         coalesce((item ->> 'worksForPolice')::boolean, false), item -> 'safeContact'
$$;
comment on function person_of(jsonb) is 'The columns of a NewPerson of the contract.';

create or replace function person_document(p person) returns jsonb language sql stable as $$
  select jsonb_build_object(
    'givenName', p.given_name, 'familyName', p.family_name, 'aliases', to_jsonb(p.aliases), 'dateOfBirth', p.date_of_birth,
    'phones', to_jsonb(p.phones), 'addresses', p.addresses, 'externalReferences', to_jsonb(p.external_references),
    'worksForPolice', p.works_for_police, 'safeContact', p.safe_contact)
$$;
comment on function person_document(person) is 'A person''s columns as a NewPerson of the contract: what person_of reads.';

create or replace function merge_patch(target jsonb, patch jsonb) returns jsonb language plpgsql immutable as $$
declare
  member text;
  value  jsonb;
  result jsonb := case when jsonb_typeof(target) = 'object' then target else '{}' end;
begin
  if jsonb_typeof(patch) <> 'object' then
    return patch;
  end if;
  for member, value in select * from jsonb_each(patch) loop
    result := case when value = 'null' then result - member
                   else result || jsonb_build_object(member, merge_patch(result -> member, value)) end;
  end loop;
  return result;
end $$;
comment on function merge_patch(jsonb, jsonb) is 'RFC 7396.';

create or replace function response_target(asked text, received timestamptz) returns timestamptz
language sql stable as $$
  select received + make_interval(mins => (setting_value('response_target_minutes') ->> asked)::int)
$$;
comment on function response_target(text, timestamptz) is 'By when someone should attend; null for no deployment.';

insert into setting_definition values
('response_target_minutes', '{"emergency": 15, "priority": 60, "scheduled": 2880}',
 'Minutes from receipt to attendance, by response grade.')
on conflict (name) do update set default_value = excluded.default_value, description = excluded.description
where (setting_definition.default_value, setting_definition.description) is distinct from (excluded.default_value, excluded.description);

select make_seen('seen_person', 'person', 'person_id');

-- What is wrong with references in one body, all of it: to people (or new ones in their place), to cases, to contacts.
-- Each entry of `named` has the pointer of its place, may be optional, and has personId or person.
-- Each identifier is cast in a step of its own: a cast of a column isn't leakproof, and under a policy the comparison
-- with it could not use an index.
create or replace function reference_faults(named jsonb, case_ids jsonb, contact_ids jsonb) returns jsonb
language sql stable as $$
  select coalesce(jsonb_agg(jsonb_build_object('pointer', pointer, 'code', code, 'detail', detail) order by place, n), '[]')
  from (
    select 1, n, item ->> 'pointer', 'required', 'Give an identifier, or a new person.'
    from   jsonb_array_elements(named) with ordinality as e (item, n)
    where  not item ?| array['personId', 'person', 'optional']
    union all
    select 1, n, item ->> 'pointer', 'one_of_two', 'Give an identifier or a new person, not both.'
    from   jsonb_array_elements(named) with ordinality as e (item, n)
    where  item ?& array['personId', 'person']
    union all
    select 1, n, (item ->> 'pointer') || coalesce(item ->> 'member', '/personId'), 'unknown_reference', 'No such person.'
    from   (select item, n, (item ->> 'personId')::uuid as id
            from jsonb_array_elements(named) with ordinality as l (item, n) where item ? 'personId' offset 0) as e
    where  (select true from person p where p.force_id = current_force() and p.person_id = e.id) is null
    union all
    select 2, n, '/caseIds/' || n - 1, 'unknown_reference', 'No such case.'
    from   (select l.id::uuid as id, n from jsonb_array_elements_text(case_ids) with ordinality as l (id, n) offset 0) as e
    where  (select true from case_file c where c.force_id = current_force() and c.case_id = e.id) is null
    union all
    select 3, n, '/contactIds/' || n - 1, 'unknown_reference', 'No such contact.'
    from   (select l.id::uuid as id, n from jsonb_array_elements_text(contact_ids) with ordinality as l (id, n) offset 0) as e
    where  (select true from contact c where c.force_id = current_force() and c.contact_id = e.id) is null
  ) as found (place, n, pointer, code, detail)
$$;
comment on function reference_faults(jsonb, jsonb, jsonb) is 'Every reference of a body that leads nowhere, as the errors of a problem document.';

-- Keys. Whatever is found by equality is reduced here, in the same way when it is stored and when it is asked for.

create or replace function normalise_phone(number text) returns text language plpgsql immutable parallel safe as $$
declare
  dialled text := regexp_replace(regexp_replace(number, '^(\s*(?:\+|00)[^(]*)\(0\)', '\1'), '[^0-9+]', '', 'g');
  digits  text := replace(dialled, '+', '');
begin
  digits := case
    when dialled ~ '^\+440' then '+44' || substr(digits, 4)
    when dialled ~ '^\+' then '+' || digits
    when digits ~ '^00' then '+' || substr(digits, 3)
    when digits ~ '^0' then '+44' || substr(digits, 2)
    when digits ~ '^44[0-9]{10}$' then '+' || digits
    when digits ~ '^7[0-9]{9}$' then '+44' || digits
    else digits end;
  return case when length(digits) >= 3 then digits end;
end $$;
comment on function normalise_phone(text) is
  'E.164 for numbers of the United Kingdom and those with a country code, else the digits; null under three.';

create or replace function normalise_name(name text) returns text language sql immutable parallel safe as $$
  select trim(regexp_replace(
           regexp_replace(
             regexp_replace(
               replace(replace(replace(replace(translate(
                 lower(normalize(name collate "default", nfkd)), 'øłđðıħ', 'olddih'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'),
               '[\u0300-\u036f]', '', 'g'),
             '[''’ʼ`´]', '', 'g'),
           '[^[:alnum:]]+', ' ', 'g'))
$$;
comment on function normalise_name(text) is 'Lower case, without accents and apostrophes, words apart by one space.';

create or replace function name_words(name text) returns text[] language sql immutable parallel safe as
  $$ select coalesce(string_to_array(nullif(normalise_name(name), ''), ' '), '{}') $$;
comment on function name_words(text) is 'The words of a name, normalised.';

create or replace function name_key(words text[]) returns text language plpgsql immutable parallel safe as $$
begin
  return nullif(array_to_string(array(select distinct word collate "C" from unnest(words) as w (word) order by 1), ' '), '');
end $$;
comment on function name_key(text[]) is 'Words in alphabetical order: family name first or last finds the same.';

-- "sound" is the sound of the family name and the first letter of the given one; "born" the day and one initial.
create or replace function name_keys(given text[], family text[], born date) returns table (kind text, key text)
language sql immutable parallel safe as $$
  select 'name', name_key(given || family) where cardinality(given || family) > 0
  union
  select 'name', name_key(given[1] || family) where cardinality(given) > 1
  union
  select 'sound', sound || '/' || left(given[1], 1)
  from   unnest(family || array_to_string(family, '')) as f (word), unnest(array[dmetaphone(word), dmetaphone_alt(word)]) as s (sound)
  where  sound <> '' and given[1] <> ''
  union
  select 'born', born || '/' || initial
  from   unnest(array[left(given[1], 1), left(family[1], 1)]) as i (initial)
  where  born is not null and initial <> ''
$$;
comment on function name_keys(text[], text[], date) is 'What one name is found by.';

create or replace function place_key(address jsonb) returns text language plpgsql immutable parallel safe as $$
declare
  postcode text := upper(regexp_replace(address ->> 'postcode', '[^A-Za-z0-9]', '', 'g'));
  numbers  text := lower(array_to_string(array(
    select part[1] from regexp_matches(address ->> 'line', '\m[0-9]+[A-Za-z]?\M', 'g') as m (part)), '-'));
begin
  return nullif(postcode, '') || '/' || coalesce(nullif(numbers, ''), (name_words(address ->> 'line'))[1], '');
end $$;
comment on function place_key(jsonb) is 'An address by postcode and the numbers in its line ("Flat 3, 12 High Street": 3-12), or its first word; null without a postcode.';

create or replace function property_key(address jsonb) returns text language sql immutable parallel safe as
  $$ select nullif(ltrim(address ->> 'uprn', '0'), '') $$;
comment on function property_key(jsonb) is 'An address by its unique property reference number.';

create or replace function normalise_reference(reference text) returns text language sql immutable parallel safe as
  $$ select nullif(upper(regexp_replace(reference, '\s', '', 'g')), '') $$;
comment on function normalise_reference(text) is 'A reference without blanks, in capitals.';

-- An alias has its family name last; one of a single word is a name of its own.
create or replace function person_keys(p person) returns table (kind text, key text) language sql immutable as $$
  select k.kind, k.key from name_keys(name_words(p.given_name), name_words(p.family_name), p.date_of_birth) k
  union
  select k.kind, k.key
  from   unnest(p.aliases) as a (alias), name_words(alias) as w (words),
         name_keys(words[:cardinality(words) - 1], words[cardinality(words):], p.date_of_birth) k
  union
  select 'name', word
  from   unnest(name_words(concat_ws(' ', p.given_name, p.family_name, array_to_string(p.aliases, ' ')))) as w (word)
  where  length(word) > 1
  union
  select 'phone', normalise_phone(n) from unnest(p.phones || (p.safe_contact ->> 'number')) as n where normalise_phone(n) is not null
  union
  select 'uprn', property_key(a) from jsonb_array_elements(p.addresses) as a where property_key(a) is not null
  union
  select 'address', place_key(a) from jsonb_array_elements(p.addresses) as a where place_key(a) is not null
  union
  select 'reference', normalise_reference(r) from unnest(p.external_references) as r where normalise_reference(r) is not null
$$;
comment on function person_keys(person) is 'Everything a person is found by.';

create or replace function keep_search_keys() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into search_key (force_id, kind, key, person_id)
  select new.force_id, k.kind, k.key, new.person_id from person_keys(new) k
  on conflict do nothing;
  return null;
end $$;
comment on function keep_search_keys() is 'Adds what a person is found by; never takes away, so an old number still finds.';
alter function keep_search_keys() owner to secondlook_search;
grant insert on search_key to secondlook_search;

drop trigger if exists d_keys on person;
create trigger d_keys after insert or update of given_name, family_name, aliases, date_of_birth, phones, addresses,
  external_references, safe_contact on person for each row execute function keep_search_keys();

grant execute on function part_id(uuid, bigint), person_of(jsonb), person_document(person),
  merge_patch(jsonb, jsonb), response_target(text, timestamptz), seen_person(uuid), reference_faults(jsonb, jsonb, jsonb),
  refuse_faults(jsonb) to secondlook_app;
grant execute on function normalise_phone(text), normalise_name(text), name_words(text), name_key(text[]),
  name_keys(text[], text[], date), place_key(jsonb), property_key(jsonb), normalise_reference(text), person_keys(person)
   to secondlook_app, secondlook_search;
grant execute on function refuse(text, text, jsonb), refuse_faults(jsonb), instant(timestamptz)
   to secondlook_search;
