-- What is known about a caller, within a second, mid-call: keys to people, contacts and cases, in one answer.
--
-- search_history() reads past the policies that hide restricted cases, because it must answer for them (hide
-- content, not danger) and because asking a policy's function row by row would cost more than the search. It runs as
-- secondlook_search, whose own policies hold it to the caller's force; what is hidden is taken out here, in one place.
-- Everything is found by equality on keys and every step is bounded, so a common name costs no more than a rare one.
-- A statement costs more to start than its index descents cost to run, so the steps are few, each is one statement, and
-- one whose input is empty is left out. What is joined laterally is "language sql returning a table", which PostgreSQL writes
-- into the query that calls it; the rest is plpgsql, whose plans are kept, called as plain expressions, never in a FROM.

insert into setting_definition values
('history_people_shown', '10', 'Most people that a history search shows.'),
('history_cases_shown', '15', 'Most cases that a history search shows.'),
('history_contacts_shown', '10', 'Most contacts that a history search shows; all found are counted.'),
('night_begins', '"12:00"', 'Local time from which contacts count as tonight''s: noon, so that a night is one across midnight.')
on conflict (name) do update set default_value = excluded.default_value, description = excluded.description
where (setting_definition.default_value, setting_definition.description) is distinct from (excluded.default_value, excluded.description);

-- What once answered otherwise can't be replaced.
drop function if exists search_history(text, jsonb, jsonb, text, uuid), conference_referral(uuid), orders_in_force(uuid), others_in_case(uuid);

create or replace function not_searchable(pointer text, detail text) returns jsonb language sql immutable as
  $$ select jsonb_build_object('pointer', pointer, 'code', 'not_searchable', 'detail', detail) $$;
comment on function not_searchable(text, text) is 'One thing that can''t be searched by, as an error of a problem document.';

-- The family name may come last or first.
create or replace function name_keys_asked(words text[], born date, out kinds text[], out keys text[], out weights int[])
language plpgsql stable as $$
declare
  last int := cardinality(words);
begin
  select array_agg(k.kind), array_agg(k.key), array_agg(case k.kind when 'born' then 30 else 20 end) into kinds, keys, weights
  from  (select distinct n.kind, n.key
         from   (values (words[:last - 1], words[last:]), (words[last:], words[:last - 1])) as o (given, family),
                name_keys(o.given, o.family, born) n
         where  n.kind in ('sound', 'born')) k;
  kinds := kinds || array['name', 'name'];
  keys := keys || array[name_key(words), case when last > 2 then name_key(words[1] || words[last:]) end];
  weights := weights || array[case when last > 1 then 40 else 15 end, 30];
end $$;
comment on function name_keys_asked(text[], date) is 'The keys that a name asks for, and what a match of each is worth.';

create or replace function keys_asked(phone text, person jsonb, address jsonb, reference text,
                                      out number text, out property text, out place text, out name text,
                                      out kinds text[], out keys text[], out weights int[])
language plpgsql stable as $$
declare
  faults jsonb := '[]';
  words  text[];
  named  record;
begin
  if phone is not null then
    number := normalise_phone(phone);
    if number is null then
      faults := faults || not_searchable('/phone', 'A telephone number needs three digits at least.');
    end if;
    kinds := array['phone']; keys := array[number]; weights := array[60];
  end if;
  if person is not null then
    words := name_words(person ->> 'name');
    if words = '{}' then
      faults := faults || not_searchable('/person/name', 'A name needs a letter or a digit.');
    else
      name := name_key(words);
      named := name_keys_asked(words, (person ->> 'dateOfBirth')::date);
      kinds := kinds || named.kinds; keys := keys || named.keys; weights := weights || named.weights;
    end if;
  end if;
  if address is not null then
    property := property_key(address);
    place := place_key(address);
    if property is null and place is null then
      faults := faults || not_searchable('/address', 'An address needs a uprn, or a postcode.');
    end if;
    kinds := kinds || array['uprn', 'address']; keys := keys || array[property, place]; weights := weights || array[25, 25];
  end if;
  if reference is not null then
    if normalise_reference(reference) is null then
      faults := faults || not_searchable('/reference', 'A reference can''t be blank.');
    end if;
    kinds := kinds || 'reference'::text; keys := keys || normalise_reference(reference); weights := weights || 90;
  end if;
  if faults <> '[]' then
    perform refuse_faults(faults);
  end if;
end $$;
comment on function keys_asked(text, jsonb, jsonb, text) is
  'The keys that a search asks for (some null), and what a match of each is worth; SL422 with all that can''t be searched by.';

-- The newest contacts from that number, at that place, with that reference: at most 200 each. By a number alone, as most
-- calls ask, it is one look into one index.
create or replace function contacts_by_keys(number text, property text, place text, asked_reference text,
                                            out ids uuid[], out moments timestamptz[], out whys text[])
language plpgsql stable as $$
declare
  uprn text := 'uprn/' || property;
begin
  ids := '{}';
  if num_nonnulls(number, property, place, asked_reference) = 0 then
    return;
  end if;
  if num_nonnulls(property, place, asked_reference) = 0 then
    select coalesce(array_agg(t.contact_id), '{}'), array_agg(t.occurred_at), array_agg('phone'::text) into ids, moments, whys
    from  (select c.contact_id, c.occurred_at from contact c
           where  c.force_id = current_force() and c.phone_key = number
           order  by c.occurred_at desc, c.contact_id desc limit 200) t;
    return;
  end if;
  select coalesce(array_agg(d.contact_id), '{}'), array_agg(d.occurred_at), array_agg(d.why) into ids, moments, whys
  from  (select distinct on (t.occurred_at, t.contact_id) t.contact_id, t.occurred_at, t.why from (
           (select c.contact_id, c.occurred_at, 'phone' from contact c
            where c.force_id = current_force() and c.phone_key = number order by c.occurred_at desc limit 200)
           union all
           (select c.contact_id, c.occurred_at, 'address' from contact c
            where c.force_id = current_force() and c.address_key = uprn order by c.occurred_at desc limit 200)
           union all
           (select c.contact_id, c.occurred_at, 'address' from contact c
            where c.force_id = current_force() and c.address_key = place order by c.occurred_at desc limit 200)
           union all
           (select c.contact_id, c.occurred_at, 'address' from contact c
            where c.force_id = current_force() and c.place_key = place order by c.occurred_at desc limit 200)
           union all
           (select c.contact_id, c.occurred_at, 'reference' from contact c
            where c.force_id = current_force() and c.reference = asked_reference limit 200)) as t (contact_id, occurred_at, why)
         order by t.occurred_at desc, t.contact_id desc, t.why desc) d;
end $$;
comment on function contacts_by_keys(text, text, text, text) is 'Contacts found by what was asked for, the newest first.';

-- At most 25. What matches twice for one reason counts once, by its best match. The innermost order is the order of string_agg.
create or replace function people_by_keys(kinds text[], keys text[], weights int[], asked_id uuid,
                                          contact_ids uuid[], contact_whys text[],
                                          out ids uuid[], out whys text[], out scores int[])
language plpgsql stable as $$
begin
  select coalesce(array_agg(f.person_id), '{}'), array_agg(f.whys), array_agg(f.score) into ids, whys, scores
  from  (
    select b.person_id, string_agg(b.why, ' ') as whys, sum(b.weight)::int as score
    from  (
      select h.person_id, h.why, max(h.weight) as weight
      from  (
        select s.person_id, case k.kind when 'uprn' then 'address' when 'born' then 'date_of_birth' else k.kind end collate "C", k.weight
        from   unnest(kinds, keys, weights) as k (kind, key, weight),
               lateral (select e.person_id from search_key e
                        where  e.force_id = current_force() and e.kind = k.kind and e.key = k.key
                        order  by e.person_id desc limit 200) s
        union all
        select n.person_id, ('contact_' || c.why) collate "C", case c.why when 'address' then 15 else 30 end
        from   unnest(contact_ids, contact_whys) as c (contact_id, why)
        join   contact_person n on n.force_id = current_force() and n.contact_id = c.contact_id
        union all
        select asked_id, 'person_id', 200 where asked_id is not null) as h (person_id, why, weight)
      group  by h.person_id, h.why
      order  by h.person_id desc, 3 desc, h.why) b
    group  by b.person_id order by 3 desc, 1 desc limit 25) f;
end $$;
comment on function people_by_keys(text[], text[], int[], uuid, uuid[], text[]) is
  'People found by what was asked for and by the contacts it found, the best match first, each with its reasons (words) and its score.';

-- How near a name is decides among those who only sound like it: by its words in alphabetical order, as name_key() has them.
create or replace function people_by_likeness(inout ids uuid[], inout whys text[], scores int[], wanted text, born date)
language plpgsql stable as $$
begin
  select coalesce(array_agg(r.person_id), '{}'), array_agg(r.whys) into ids, whys
  from  (
    select f.person_id, f.whys
    from   unnest(ids, whys, scores) as f (person_id, whys, score)
    join   person p on p.force_id = current_force() and p.person_id = f.person_id
    order  by f.score
              + case when 'name' = any (string_to_array(f.whys, ' ')) then 0 else (
                  select coalesce(max(30 - 30 * least(levenshtein_less_equal(left(n.key, 100), left(wanted, 100), 12), 12) / 12), 0)::int
                  from   unnest(concat_ws(' ', p.given_name, p.family_name) || p.aliases) as a (name),
                         lateral (select string_agg(distinct word collate "C", ' ')
                                  from unnest(name_words(a.name)) as w (word)) as n (key)) end
              + case when p.date_of_birth = born and 'date_of_birth' <> all (string_to_array(f.whys, ' ')) then 30 else 0 end desc,
              f.person_id desc) r;
end $$;
comment on function people_by_likeness(uuid[], text[], int[], text, date) is 'The same people, ordered by how near their name and birth are too.';

-- Restricted or not: who asks decides what becomes of them.
create or replace function cases_touched(people uuid[], contacts uuid[], asked_reference text) returns uuid[]
language plpgsql stable as $$
begin
  if people = '{}' and contacts = '{}' and asked_reference is null then
    return '{}';
  end if;
  return array(
    select c.case_id from case_file c where c.force_id = current_force() and c.victim_id = any (people)
    union
    select c.case_id from case_file c where c.force_id = current_force() and c.perpetrator_id = any (people)
    union
    select n.case_id from case_person n where n.force_id = current_force() and n.person_id = any (people) and n.active
    union
    select l.case_id from contact_case l where l.force_id = current_force() and l.contact_id = any (contacts) and l.active
    union
    select c.case_id from case_file c where c.force_id = current_force() and c.reference = asked_reference
    limit 400);
end $$;
comment on function cases_touched(uuid[], uuid[], text) is 'Every case that a person, a contact or a reference leads to, restricted ones too; at most 400.';

-- Where all their parties have been looked at already, as almost always, there is nothing more to find.
create or replace function cases_around(cases uuid[], looked_at uuid[], known uuid[]) returns uuid[] language plpgsql stable as $$
declare
  parties uuid[];
begin
  if cases = '{}' then
    return cases;
  end if;
  parties := array(select distinct party from case_file f, unnest(array[f.victim_id, f.perpetrator_id]) as t (party)
                   where f.force_id = current_force() and f.case_id = any (cases) and party <> all (looked_at));
  if parties = '{}' then
    return parties;
  end if;
  return (without(cases_touched(parties, '{}', null), known))[:50];
end $$;
comment on function cases_around(uuid[], uuid[], uuid[]) is 'Other cases of the parties of these, but of people already looked at: at most 50.';

create or replace function without(ids uuid[], taken uuid[]) returns uuid[] language plpgsql immutable as $$
begin
  if ids = '{}' or taken = '{}' then
    return ids;
  end if;
  return array(select id from unnest(ids) with ordinality as t (id, n) where id <> all (taken) order by n);
end $$;
comment on function without(uuid[], uuid[]) is 'The ones that are not taken, in their order.';

-- The same as person_is_hidden() says of one.
create or replace function hidden_people_of(people uuid[], hidden uuid[]) returns uuid[] language plpgsql stable as $$
declare
  of_force text := current_force();
begin
  if hidden = '{}' then
    return '{}';
  end if;
  return array(
    select p.id
    from   unnest(people) as p (id), lateral (
             select bool_and(array_position(hidden, k.case_id) is not null) as by_cases from (
               select c.case_id from case_file c where c.force_id = of_force and c.victim_id = p.id
               union all
               select c.case_id from case_file c where c.force_id = of_force and c.perpetrator_id = p.id
               union all
               select n.case_id from case_person n where n.force_id = of_force and n.person_id = p.id) k) known
    where  coalesce(known.by_cases, (
             select bool_and(exists (select from contact_case l where l.force_id = of_force and l.contact_id = n.contact_id and l.active
                                     and array_position(hidden, l.case_id) > 0))
             from   contact_person n where n.force_id = of_force and n.person_id = p.id)));
end $$;
comment on function hidden_people_of(uuid[], uuid[]) is 'Those of these people of whom everything known lies in hidden cases.';

create or replace function hidden_contacts_of(contacts uuid[], hidden uuid[]) returns uuid[] language plpgsql stable as $$
begin
  if hidden = '{}' then
    return '{}';
  end if;
  return array(select distinct l.contact_id from contact_case l
               where l.force_id = current_force() and l.contact_id = any (contacts) and l.active and array_position(hidden, l.case_id) > 0);
end $$;
comment on function hidden_contacts_of(uuid[], uuid[]) is 'Those of these contacts that concern a hidden case.';

create or replace function contacts_to_follow(contacts uuid[], reasons text[], hidden uuid[], out ids uuid[], out whys text[])
language plpgsql stable as $$
declare
  concealed uuid[] := hidden_contacts_of(contacts, hidden);
begin
  select coalesce(array_agg(c.id order by c.n), '{}'), array_agg(c.why order by c.n) into ids, whys
  from   unnest(contacts, reasons) with ordinality as c (id, why, n) where c.id <> all (concealed);
end $$;
comment on function contacts_to_follow(uuid[], text[], uuid[]) is
  'Contacts without those of hidden cases: whom else they name, and which other cases they concern, would tell that there is one.';

create or replace function cases_naming(people uuid[], hidden uuid[]) returns uuid[] language plpgsql stable as $$
begin
  return array(
    select distinct l.case_id
    from   contact_person n join contact_case l on l.force_id = n.force_id and l.contact_id = n.contact_id and l.active
    where  n.force_id = current_force() and n.person_id = any (people) and array_position(hidden, l.case_id) > 0);
end $$;
comment on function cases_naming(uuid[], uuid[]) is 'Hidden cases whose contacts name these people.';

create or replace function contacts_of_person(id uuid) returns table (contact_id uuid, occurred_at timestamptz)
language sql stable as $$
  select m.contact_id, m.occurred_at from contact_person m
  where  m.force_id = current_force() and m.person_id = id order by m.occurred_at desc limit 200
$$;
comment on function contacts_of_person(uuid) is 'The newest contacts that name a person, at most 200; twice where they have two roles.';

create or replace function contacts_of_case(id uuid) returns table (contact_id uuid, occurred_at timestamptz)
language sql stable as $$
  select m.contact_id, m.occurred_at from contact_case m
  where  m.force_id = current_force() and m.case_id = id and m.active order by m.occurred_at desc limit 200
$$;
comment on function contacts_of_case(uuid) is 'The newest contacts linked to a case, at most 200.';

-- Not setting_values(): others call that under another role, and a plan that policies shape is made anew at each change of role.
create or replace function history_settings() returns jsonb language plpgsql stable as $$
declare
  names text[] := '{history_people_shown,history_cases_shown,history_contacts_shown,night_begins}';
begin
  return (select jsonb_object_agg(d.name, d.default_value) from setting_definition d where d.name = any (names))
      || coalesce((select jsonb_object_agg(s.name, s.value order by s.effective_from, s.recorded_at) from setting s
                   where  s.force_id = current_force() and s.name = any (names) and s.effective_from <= domain_now()), '{}');
end $$;
comment on function history_settings() is 'What is in force for a history search, or the defaults: a member for each name.';

-- Since when: tonight, the last 24 hours, the last 12 months.
create or replace function history_since(night_begins interval) returns timestamptz[] language plpgsql stable as $$
declare
  now_is timestamptz := domain_now();
begin
  return array[(date_trunc('day', now_is at time zone 'Europe/London' - night_begins) + night_begins) at time zone 'Europe/London',
               now_is - interval '24 hours', now_is - interval '12 months'];
end $$;
comment on function history_since(interval) is 'The three moments that contacts are counted from.';

-- One look for all that is counted: the contacts of each person, of each case, and (their subject is null) all that the
-- people, the cases that match and the keys lead to. The innermost order is the order of array_agg.
create or replace function count_contacts(people uuid[], cases uuid[], direct uuid[], by_keys uuid[], moments timestamptz[],
                                          concealed uuid[], since timestamptz[], at_most int,
                                          out subjects uuid[], out counts json[], out newest uuid[])
language plpgsql stable as $$
declare
  tonight timestamptz := since[1];
  day     timestamptz := since[2];
  year    timestamptz := since[3];
begin
  if people = '{}' and cases = '{}' and by_keys = '{}' then
    newest := '{}';
    return;
  end if;
  select array_agg(g.subject), array_agg(g.counts), coalesce(max(g.newest), '{}') into subjects, counts, newest
  from  (
    select d.subject, case when d.subject is null then (array_agg(d.contact_id))[:at_most] end as newest,
           json_build_object('tonight', count(*) filter (where d.at >= tonight), 'last24Hours', count(*) filter (where d.at > day),
                             'last12Months', count(*) filter (where d.at > year), 'ever', count(*), 'latestAt', instant(max(d.at))) as counts
    from  (
      select distinct on (t.subject, t.at, t.contact_id) t.subject, t.contact_id, t.at
      from  (select unnest(array[s.id, null]), m.contact_id, m.occurred_at from unnest(people) as s (id), contacts_of_person(s.id) m
             union all
             select unnest(case when s.id = any (direct) then array[s.id, null] else array[s.id] end), m.contact_id, m.occurred_at
             from   unnest(cases) as s (id), contacts_of_case(s.id) m
             union all
             select null, k.id, k.at from unnest(by_keys, moments) as k (id, at)) as t (subject, contact_id, at)
      where  t.contact_id <> all (concealed)
      order  by t.subject, t.at desc, t.contact_id desc) d
    group  by d.subject) g;
end $$;
comment on function count_contacts(uuid[], uuid[], uuid[], uuid[], timestamptz[], uuid[], timestamptz[], int) is
  'How many contacts tonight, in 24 hours, in 12 months, ever, and when the latest was: by person and case, and of "all"; and the newest of all.';

create or replace function counts_of(subject uuid, subjects uuid[], counts json[]) returns json language sql immutable as $$
  select coalesce(counts[array_position(subjects, subject)],
                  '{"tonight": 0, "last24Hours": 0, "last12Months": 0, "ever": 0, "latestAt": null}')
$$;
comment on function counts_of(uuid, uuid[], json[]) is 'What count_contacts() found of a person or a case; of null, in all.';

create or replace function history_people(ids uuid[], whys text[], shown_ids uuid[], subjects uuid[], counts json[], out shown json, out seen text)
language plpgsql stable as $$
begin
  if shown_ids = '{}' then
    shown := '[]';
    return;
  end if;
  select json_agg(json_build_object(
           'safeContact', p.safe_contact, 'personId', p.person_id, 'givenName', p.given_name, 'familyName', p.family_name,
           'aliases', p.aliases, 'dateOfBirth', p.date_of_birth, 'matchedBy', string_to_array(i.whys, ' '),
           'worksForPolice', p.works_for_police, 'contacts', counts_of(p.person_id, subjects, counts)) order by i.n),
         string_agg('person:' || p.person_id || ':' || p.version, ' ')
  into   shown, seen
  from   unnest(ids, whys) with ordinality as i (id, whys, n)
  join   person p on p.force_id = current_force() and p.person_id = i.id
  where  i.id = any (shown_ids);
end $$;
comment on function history_people(uuid[], text[], uuid[], uuid[], json[]) is 'These people with why they matched and how often they were named.';

create or replace function history_contacts(ids uuid[], by_keys uuid[], whys text[], out shown json, out seen text)
language plpgsql stable as $$
begin
  if ids = '{}' then
    shown := '[]';
    return;
  end if;
  select json_agg(json_build_object(
           'contactId', c.contact_id, 'reference', c.reference, 'occurredAt', instant(c.occurred_at), 'channel', c.channel,
           'caller', c.caller, 'responseGrade', c.response_grade, 'cutOff', c.cut_off, 'suspectPresent', c.suspect_present,
           'weapons', c.weapons, 'injuries', c.injuries, 'freshRisk', c.fresh_risk, 'excerpt', left(c.narrative, 300),
           'attendedAt', instant(a.occurred_at), 'closedAt', instant(k.occurred_at), 'outcome', k.outcome,
           'matchedBy', array_remove(array[whys[array_position(by_keys, c.contact_id)]], null))
           order by c.occurred_at desc, c.contact_id desc),
         string_agg(concat_ws(' ', 'contact:' || c.contact_id || ':' || c.version, 'attendance:' || a.attendance_id || ':' || a.version,
                              'closure:' || k.closure_id || ':' || k.version), ' ')
  into   shown, seen
  from   contact c
  left   join lateral (select t.attendance_id, t.version, t.occurred_at from attendance t
                       where t.force_id = current_force() and t.contact_id = c.contact_id order by t.occurred_at limit 1) a on true
  left   join lateral (select t.closure_id, t.version, t.occurred_at, t.outcome from closure t
                       where t.force_id = current_force() and t.contact_id = c.contact_id order by t.occurred_at desc limit 1) k on true
  where  c.force_id = current_force() and c.contact_id = any (ids);
end $$;
comment on function history_contacts(uuid[], uuid[], text[]) is 'These contacts, the newest first, each with whether someone came and how it was closed.';

create or replace function history_party(p person) returns json language sql stable as $$
  select case when p.person_id is not null then
    json_build_object('safeContact', p.safe_contact, 'personId', p.person_id, 'givenName', p.given_name, 'familyName', p.family_name,
                      'aliases', p.aliases, 'dateOfBirth', p.date_of_birth) end
$$;
comment on function history_party(person) is 'A party of a case; null for one who is unknown.';

create or replace function conference_referral(of_case uuid) returns table (shown json, seen text) language sql stable as $$
  select json_build_object('referralId', r.referral_id, 'status', r.status, 'sentAt', instant(r.sent_at)),
         'referral:' || r.referral_id || ':' || r.version
  from   referral r join service s on s.force_id = r.force_id and s.service_id = r.service_id
  where  r.force_id = current_force() and r.case_id = of_case and s.kind = 'marac'
  and    r.sent_at > domain_now() - interval '12 months'
  order  by r.sent_at desc limit 1
$$;
comment on function conference_referral(uuid) is 'The latest referral of a case to a conference within twelve months.';

create or replace function orders_in_force(of_case uuid) returns table (shown json, seen text) language sql stable as $$
  select json_agg(json_build_object('orderId', o.order_id, 'kind', o.kind, 'status', o.status, 'conditions', o.conditions,
                                    'expiresAt', instant(o.expires_at)) order by o.order_id),
         string_agg('protection_order:' || o.order_id || ':' || o.version, ' ')
  from   protection_order o
  where  o.force_id = current_force() and o.case_id = of_case
  and    o.status in ('granted', 'active', 'varied', 'authorised', 'served', 'listed')
  and    (o.expires_at is null or o.expires_at > domain_now())
$$;
comment on function orders_in_force(uuid) is 'Orders and notices that protect now.';

create or replace function others_in_case(of_case uuid) returns table (shown json, seen text) language sql stable as $$
  select json_agg(json_build_object('personId', n.person_id, 'role', n.role, 'givenName', p.given_name,
                                    'familyName', p.family_name) order by n.case_person_id),
         string_agg('person:' || p.person_id || ':' || p.version, ' ')
  from  (select c.case_person_id, c.person_id, c.role from case_person c
         where c.force_id = current_force() and c.case_id = of_case and c.active order by c.case_person_id limit 10) n
  join   person p on p.force_id = current_force() and p.person_id = n.person_id
$$;
comment on function others_in_case(uuid) is 'Who else is named in a case.';

create or replace function grade_rank(grade text) returns int language sql immutable as
  $$ select array_position(array['standard', 'medium', 'high'], grade) $$;
comment on function grade_rank(text) is 'Grades of risk by height, from 1.';

-- The most pressing first, those that match before those round a corner.
create or replace function history_cases(ids uuid[], direct uuid[], subjects uuid[], counts json[], out shown json, out seen text)
language plpgsql stable as $$
begin
  if ids = '{}' then
    shown := '[]';
    return;
  end if;
  select json_agg(json_build_object(
           'safeContact', v.safe_contact, 'caseId', c.case_id,
           'relation', case when c.case_id = any (direct) then 'matched' else 'other_case_of_party' end,
           'reference', c.reference, 'status', c.status, 'restricted', c.restricted, 'summary', c.summary,
           'occurredAt', instant(c.occurred_at), 'victim', history_party(v), 'perpetrator', history_party(u),
           'others', coalesce(o.shown, '[]'), 'agreedGrade', g.agreed_grade, 'assessorGrade', g.assessor_grade,
           'specialistGrade', g.specialist_grade, 'suggestedGrade', g.suggested_grade, 'gradedAt', instant(g.graded_at),
           'conferenceReferral', r.shown, 'ordersInForce', coalesce(p.shown, '[]'),
           'primaryAggressor', j.shown, 'counterAllegations', coalesce(e.found -> 'shown', '[]'),
           'contacts', counts_of(c.case_id, subjects, counts))
           order by c.case_id = any (direct) desc, c.status = 'closed', grade_rank(g.agreed_grade) desc nulls last,
                    c.recorded_at desc, c.case_id),
         string_agg(concat_ws(' ', 'case:' || c.case_id || ':' || c.version, 'person:' || v.person_id || ':' || v.version,
                              'person:' || u.person_id || ':' || u.version, 'latest_grade:' || g.case_id || ':' || g.version,
                              o.seen, r.seen, p.seen, j.seen, e.found ->> 'seen'), ' ')
  into   shown, seen
  from   case_file c
  join   person v on v.force_id = c.force_id and v.person_id = c.victim_id
  left   join person u on u.force_id = c.force_id and u.person_id = c.perpetrator_id
  left   join latest_grade g on g.force_id = c.force_id and g.case_id = c.case_id
  left   join lateral conference_referral(c.case_id) r on true
  cross  join lateral orders_in_force(c.case_id) p
  cross  join lateral others_in_case(c.case_id) o
  left   join lateral primary_aggressor_of(c.case_id) j on true
  cross  join lateral (
           select case when exists (select from case_file f where f.force_id = current_force() and f.victim_id = c.perpetrator_id
                                    and f.perpetrator_id = c.victim_id)
                       then counter_allegations(array[c.victim_id], array[c.perpetrator_id], c.recorded_at, false) end as found offset 0) e
  where  c.force_id = current_force() and c.case_id = any (ids);
end $$;
comment on function history_cases(uuid[], uuid[], uuid[], json[]) is 'These cases with what a call handler must know of each.';

-- The most pressing first: not closed, by agreed grade, the newest. All of them, when they are few, in no order.
create or replace function cases_by_urgency(ids uuid[], at_most int) returns uuid[] language plpgsql stable as $$
begin
  if cardinality(ids) <= at_most then
    return ids;
  end if;
  return array(
    select c.case_id from case_file c left join latest_grade g on g.force_id = c.force_id and g.case_id = c.case_id
    where  c.force_id = current_force() and c.case_id = any (ids)
    order  by c.status = 'closed', grade_rank(g.agreed_grade) desc nulls last,
              c.recorded_at desc, c.case_id
    limit  at_most);
end $$;
comment on function cases_by_urgency(uuid[], int) is 'These cases, the most pressing first.';

create or replace function restricted_cases_shown(ids uuid[], direct uuid[], out shown jsonb, out seen text) language plpgsql stable as $$
begin
  if ids = '{}' then
    return;
  end if;
  select coalesce(jsonb_agg(jsonb_build_object(
           'caseId', c.case_id, 'relation', case when c.case_id = any (direct) then 'matched' else 'other_case_of_party' end,
           'restricted', true, 'agreedGrade', g.agreed_grade, 'safeContact', v.safe_contact,
           'supervisor', jsonb_build_object('reference', o.reference, 'name', s.name)) order by c.case_id), '[]'),
         string_agg(concat_ws(' ', 'case:' || c.case_id || ':' || c.version, 'person:' || v.person_id || ':' || v.version,
                              'case_restriction:' || r.case_id || ':' || r.version,
                              'latest_grade:' || g.case_id || ':' || g.version), ' ')
  into   shown, seen
  from   case_file c
  join   case_restriction r on r.force_id = c.force_id and r.case_id = c.case_id
  join   person v on v.force_id = c.force_id and v.person_id = c.victim_id
  left   join latest_grade g on g.force_id = c.force_id and g.case_id = c.case_id
  cross  join lateral (select supervisor_outside(r) as reference offset 0) o
  left   join staff s on s.force_id = c.force_id and s.reference = o.reference
  where  c.force_id = current_force() and c.case_id = any (ids) and current_actor() <> all (r.blocked);
end $$;
comment on function restricted_cases_shown(uuid[], uuid[]) is 'Of hidden cases that do not block who asks: the danger, how to reach the victim safely, and whom to call.';

-- The alert's line is not one of the request's: a receipt that counted it would tell who is blocked that something is known.
create or replace function report_blocked_search(cases uuid[]) returns void language plpgsql as $$
declare
  asked request_context := current_request();
begin
  perform set_config('secondlook.request', row(asked.operation, asked.thumbprint, asked.client, null, null)::text, true);
  insert into alert (force_id, alert_id, detector, severity, audience, addressed_to, case_id, finding, evidence)
  select r.force_id, uuid_now(), 'blocked_search', 'critical', 'supervisor', supervisor_outside(r), r.case_id,
         'Someone who may not know of this case searched for its people.',
         jsonb_build_object('caseId', r.case_id, 'actor', current_actor(), 'requestId', asked.request_id,
                            'records', jsonb_build_array(jsonb_build_object('kind', 'case', 'id', r.case_id, 'at', instant(domain_now()))))
  from   case_restriction r
  where  r.force_id = current_force() and r.case_id = any (cases) and current_actor() = any (r.blocked);
  perform set_config('secondlook.request', asked::text, true);
end $$;
comment on function report_blocked_search(uuid[]) is 'Tells a supervisor outside the conflict that a blocked member of staff searched.';


create or replace function search_history(phone text, person jsonb, address jsonb, reference text, asked_id uuid,
                                          out searched_at timestamptz, out people json, out contacts json, out cases json,
                                          out complete boolean, out seen text)
language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
  limits      jsonb := history_settings();
  hidden      uuid[] := hidden_cases();
  most_people int := (limits -> 'history_people_shown')::int;
  most_cases  int := (limits -> 'history_cases_shown')::int;
  asked       record;
  found_by    record;  -- contacts that the keys found, the newest first, and why
  followed    record;  -- those of them that lead on to people and cases that are shown, and why
  ranked      record;  -- people, the best match first, and why
  shown_ids   uuid[];  -- of them, those who are shown
  looked_at   uuid[];  -- those whose cases are looked for
  touched     uuid[];  -- their cases, and
  direct      uuid[];  -- those of them that whoever asks may see
  around      uuid[] := '{}';  -- other cases of the parties, and
  visible     uuid[];  -- those of them that whoever asks may see
  chosen      uuid[];  -- cases that are shown
  barred      uuid[] := '{}';  -- cases whose content whoever asks may not see
  unknown     uuid[];  -- people, and
  concealed   uuid[] := '{}';  -- contacts, that are not known to whoever asks
  counted     record;
  of_all      json;
  p record;
  k record;
  c record;
  r record;
begin
  asked := keys_asked(phone, person, address, reference);
  reference := trim(reference);
  if asked_id is not null then
    asked_id := (select p.person_id from person p where p.force_id = current_force() and p.person_id = asked_id);
  end if;

  found_by := contacts_by_keys(asked.number, asked.property, asked.place, reference);
  followed := found_by;
  if hidden <> '{}' then
    followed := contacts_to_follow(found_by.ids, found_by.whys, hidden);
  end if;
  ranked := people_by_keys(asked.kinds, asked.keys, asked.weights, asked_id, followed.ids[:20], followed.whys[:20]);
  if asked.name is not null then
    ranked := people_by_likeness(ranked.ids, ranked.whys, ranked.scores, asked.name, (person ->> 'dateOfBirth')::date);
  end if;
  unknown := hidden_people_of(ranked.ids, hidden);
  shown_ids := (without(ranked.ids, unknown))[:most_people];
  looked_at := case when unknown = '{}' then shown_ids else ranked.ids[:most_people] || shown_ids end;

  touched := cases_touched(looked_at, found_by.ids[:50], reference);
  direct := without(touched, hidden);
  if hidden <> '{}' then
    direct := without(cases_touched(looked_at, followed.ids[:50], reference), hidden);
    touched := touched || without(cases_naming(unknown, hidden), touched);
  end if;
  chosen := cases_by_urgency(direct, most_cases);
  if cardinality(direct) <= most_cases then
    around := cases_around(direct, looked_at, touched);
    visible := without(around, hidden);
    chosen := chosen || cases_by_urgency(visible, most_cases - cardinality(direct));
  end if;
  if hidden <> '{}' then
    barred := array(select id from unnest(touched || around) as t (id) where id = any (hidden));
    concealed := hidden_contacts_of(array(
      select unnest(found_by.ids)
      union select m.contact_id from unnest(shown_ids) as s (id), contacts_of_person(s.id) m
      union select m.contact_id from unnest(chosen) as s (id), contacts_of_case(s.id) m), hidden);
  end if;
  counted := count_contacts(shown_ids, chosen, direct, found_by.ids, found_by.moments, concealed,
                            history_since((limits ->> 'night_begins')::interval), (limits -> 'history_contacts_shown')::int);

  p := history_people(ranked.ids, ranked.whys, shown_ids, counted.subjects, counted.counts);
  k := history_cases(chosen, direct, counted.subjects, counted.counts);
  c := history_contacts(counted.newest, found_by.ids, found_by.whys);
  r := restricted_cases_shown(barred, touched);
  if touched && barred then
    perform report_blocked_search(without(barred, around));
  end if;

  searched_at := domain_now();
  people := p.shown;
  cases := case when r.shown is null then k.shown else (k.shown::jsonb || r.shown)::json end;
  of_all := counts_of(null, counted.subjects, counted.counts);
  contacts := json_build_object(
    'tonight', of_all -> 'tonight', 'last24Hours', of_all -> 'last24Hours', 'last12Months', of_all -> 'last12Months',
    'ever', of_all -> 'ever', 'latestAt', of_all -> 'latestAt', 'recent', c.shown);
  complete := cardinality(ranked.ids) = cardinality(shown_ids) + cardinality(unknown)
              and cardinality(direct || visible) = cardinality(chosen);
  seen := concat_ws(' ', p.seen, k.seen, r.seen, c.seen);
end $$;
comment on function search_history(text, jsonb, jsonb, text, uuid) is
  'A history search: people with why they matched, contacts counted and the newest shown, cases with grades, referrals, orders and safe contact.';

alter function search_history(text, jsonb, jsonb, text, uuid) owner to secondlook_search;
grant execute on function search_history(text, jsonb, jsonb, text, uuid) to secondlook_app;
grant execute on function not_searchable(text, text), name_keys_asked(text[], date), keys_asked(text, jsonb, jsonb, text),
  contacts_by_keys(text, text, text, text), people_by_keys(text[], text[], int[], uuid, uuid[], text[]),
  people_by_likeness(uuid[], text[], int[], text, date), cases_touched(uuid[], uuid[], text), cases_around(uuid[], uuid[], uuid[]),
  without(uuid[], uuid[]), hidden_people_of(uuid[], uuid[]), hidden_contacts_of(uuid[], uuid[]), contacts_to_follow(uuid[], text[], uuid[]), cases_naming(uuid[], uuid[]), contacts_of_person(uuid),
  contacts_of_case(uuid), history_settings(), history_since(interval), counts_of(uuid, uuid[], json[]),
  count_contacts(uuid[], uuid[], uuid[], uuid[], timestamptz[], uuid[], timestamptz[], int),
  history_people(uuid[], text[], uuid[], uuid[], json[]), history_contacts(uuid[], uuid[], text[]), history_party(person), conference_referral(uuid),
  orders_in_force(uuid), others_in_case(uuid), grade_rank(text), cases_by_urgency(uuid[], int), history_cases(uuid[], uuid[], uuid[], json[]),
  restricted_cases_shown(uuid[], uuid[]), report_blocked_search(uuid[]), supervisor_to_call(text[]),
  supervisor_outside(case_restriction), setting_value(text), uuid_now(), current_request() to secondlook_search;
grant select on setting_definition to secondlook_search;
revoke insert on alert from secondlook_search;
grant insert (force_id, alert_id, detector, severity, audience, addressed_to, case_id, finding, evidence) on alert to secondlook_search;

-- Its policies: the caller's force and nothing else. Inserts are the keys of people and the alert above. The force is written
-- as in the queries above, not as a subquery: so the two are one condition, and no subquery starts with each table.
do $$
declare
  readable text;
begin
  foreach readable in array array['person', 'search_key', 'contact', 'contact_person', 'contact_case', 'case_file', 'case_person',
                                  'case_restriction', 'attendance', 'closure', 'latest_grade', 'referral', 'service',
                                  'protection_order', 'staff', 'setting', 'assessment', 'primary_aggressor_assessment'] loop
    execute format('grant select on %I to secondlook_search', readable);
    execute format('drop policy if exists search_reads on %I', readable);
    execute format('create policy search_reads on %I for select to secondlook_search using (force_id = current_force())', readable);
  end loop;
  drop policy if exists search_writes on search_key;
  create policy search_writes on search_key for insert to secondlook_search with check (true);
  drop policy if exists search_writes on alert;
  create policy search_writes on alert for insert to secondlook_search with check (force_id = (select current_force()));
end $$;
