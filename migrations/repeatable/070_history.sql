-- What is known about a caller, within a second, mid-call: keys to people, contacts and cases, in one answer.
--
-- search_history() reads past the policies that hide restricted cases, because it must answer for them (DOMAIN: hide
-- content, not danger) and because asking a policy's function row by row would cost more than the search. It runs as
-- secondlook_search, whose own policies hold it to the caller's force; what is hidden is taken out here, in one place.
-- Everything is found by equality on keys and every step is bounded, so a common name costs no more than a rare one.
-- What is joined laterally is "language sql returning a table", which PostgreSQL writes into the query that calls it; the
-- rest is plpgsql, whose plans are kept.

insert into setting_definition values
('history_people_shown', '10', 'Most people that a history search shows.'),
('history_cases_shown', '15', 'Most cases that a history search shows.'),
('history_contacts_shown', '10', 'Most contacts that a history search shows; all found are counted.'),
('night_begins', '"12:00"', 'Local time from which contacts count as tonight''s: noon, so that a night is one across midnight.')
on conflict (name) do update set default_value = excluded.default_value, description = excluded.description
where (setting_definition.default_value, setting_definition.description) is distinct from (excluded.default_value, excluded.description);

create or replace function not_searchable(pointer text, detail text) returns jsonb language sql immutable as
  $$ select jsonb_build_object('pointer', pointer, 'code', 'not_searchable', 'detail', detail) $$;
comment on function not_searchable(text, text) is 'One thing that can''t be searched by, as an error of a problem document.';

create or replace function history_faults(phone text, person jsonb, address jsonb, reference text) returns jsonb
language plpgsql stable as $$
declare
  faults jsonb := '[]';
begin
  if phone is not null and normalise_phone(phone) is null then
    faults := faults || not_searchable('/phone', 'A telephone number needs three digits at least.');
  end if;
  if person is not null and cardinality(name_words(person ->> 'name')) = 0 then
    faults := faults || not_searchable('/person/name', 'A name needs a letter or a digit.');
  end if;
  if address is not null and property_key(address) is null and place_key(address) is null then
    faults := faults || not_searchable('/address', 'An address needs a uprn, or a postcode.');
  end if;
  if reference is not null and normalise_reference(reference) is null then
    faults := faults || not_searchable('/reference', 'A reference can''t be blank.');
  end if;
  return faults;
end $$;
comment on function history_faults(text, jsonb, jsonb, text) is 'What was asked for but can''t be searched by.';

create or replace function asked_keys(phone text, person jsonb, address jsonb, reference text)
returns table (kind text, key text, why text, weight int) language plpgsql stable as $$
#variable_conflict use_column
declare
  words text[] := name_words(person ->> 'name');
  born  date := (person ->> 'dateOfBirth')::date;
  last  int := cardinality(words);
begin
  return query
  select a.kind, a.key, a.why, a.weight from (
    values ('phone', normalise_phone(phone), 'phone', 60),
           ('uprn', property_key(address), 'address', 25),
           ('address', place_key(address), 'address', 25),
           ('reference', normalise_reference(reference), 'reference', 90),
           ('name', name_key(words), 'name', case when last > 1 then 40 else 15 end),
           ('name', case when last > 2 then name_key(words[1] || words[last:]) end, 'name', 30)
    union all
    select k.kind, k.key, case k.kind when 'born' then 'date_of_birth' else 'sound' end, case k.kind when 'born' then 30 else 20 end
    from  (select * from name_keys(words[:last - 1], words[last:], born)
           union select * from name_keys(words[last:], words[:last - 1], born)) k
    where  k.kind in ('sound', 'born')) as a (kind, key, why, weight)
  where a.key is not null;
end $$;
comment on function asked_keys(text, jsonb, jsonb, text) is 'The keys that a search asks for, why each would match, and what a match is worth.';

-- The newest contacts from that number, at that place, with that reference: at most 200 each.
create or replace function contacts_by_keys(phone text, address jsonb, asked_reference text)
returns table (contact_id uuid, occurred_at timestamptz, why text) language plpgsql stable as $$
#variable_conflict use_column
declare
  of_force text := current_force();
  number   text := normalise_phone(phone);
  place    text := place_key(address);
  property text := 'uprn/' || property_key(address);
begin
  return query
  select distinct on (t.occurred_at, t.contact_id) t.contact_id, t.occurred_at, t.why from (
    (select c.contact_id, c.occurred_at, 'phone' from contact c
     where c.force_id = of_force and c.phone_key = number order by c.occurred_at desc limit 200)
    union all
    (select c.contact_id, c.occurred_at, 'address' from contact c
     where c.force_id = of_force and c.address_key = property order by c.occurred_at desc limit 200)
    union all
    (select c.contact_id, c.occurred_at, 'address' from contact c
     where c.force_id = of_force and c.address_key = place order by c.occurred_at desc limit 200)
    union all
    (select c.contact_id, c.occurred_at, 'address' from contact c
     where c.force_id = of_force and c.place_key = place order by c.occurred_at desc limit 200)
    union all
    (select c.contact_id, c.occurred_at, 'reference' from contact c
     where c.force_id = of_force and c.reference = asked_reference limit 200)) as t (contact_id, occurred_at, why)
  order by t.occurred_at desc, t.contact_id desc, t.why desc;
end $$;
comment on function contacts_by_keys(text, jsonb, text) is 'Contacts found by what was asked for, the newest first.';

-- At most 25 by keys, then ordered by how near the name is.
create or replace function rank_people(phone text, asked jsonb, address jsonb, reference text, asked_id uuid,
                                       contact_ids uuid[], contact_whys text[])
returns table (person_id uuid, whys text[], score int) language plpgsql stable as $$
#variable_conflict use_column
declare
  of_force text := current_force();
  wanted   text := name_key(name_words(asked ->> 'name'));
begin
  return query
  with hit (person_id, why, weight) as (
    select s.person_id, k.why, k.weight
    from   asked_keys(phone, asked, address, reference) k,
           lateral (select e.person_id from search_key e
                    where e.force_id = of_force and e.kind = k.kind and e.key = k.key
                    order by e.person_id desc limit 200) s
    union all
    select n.person_id, 'contact_' || c.why, case c.why when 'address' then 15 else 30 end
    from   unnest(contact_ids[:20], contact_whys[:20]) as c (contact_id, why)
    join   contact_person n on n.force_id = of_force and n.contact_id = c.contact_id
    union all
    select asked_id, 'person_id', 200 where asked_id is not null
  ), best as (
    select h.person_id, h.why, max(h.weight) as weight from hit h group by h.person_id, h.why
  ), first as (
    select b.person_id, sum(b.weight)::int as score, array_agg(b.why order by b.weight desc, b.why) as whys
    from   best b group by b.person_id order by 2 desc, 1 desc limit 25
  )
  select f.person_id, f.whys,
         f.score + case when wanted is null or f.whys && '{name}' then 0 else (
           select coalesce(max(30 - 30 * least(levenshtein_less_equal(left(n.name, 100), left(wanted, 100), 12), 12) / 12), 0)::int
           from  (select name_key(name_words(concat_ws(' ', p.given_name, p.family_name)))
                  union all select name_key(name_words(a)) from unnest(p.aliases) as l (a)) as n (name)) end
         + case when p.date_of_birth = (asked ->> 'dateOfBirth')::date and not f.whys && '{date_of_birth}' then 30 else 0 end
  from   first f join person p on p.force_id = of_force and p.person_id = f.person_id
  order  by 3 desc, 1 desc;
end $$;
comment on function rank_people(text, jsonb, jsonb, text, uuid, uuid[], text[]) is
  'People found by what was asked for and by the contacts it found, the best match first.';

-- Restricted or not: who asks decides what becomes of them.
create or replace function cases_touched(people uuid[], contacts uuid[], asked_reference text) returns uuid[]
language plpgsql stable as $$
declare
  of_force text := current_force();
begin
  return array(
    select c.case_id from case_file c where c.force_id = of_force and c.victim_id = any (people)
    union
    select c.case_id from case_file c where c.force_id = of_force and c.perpetrator_id = any (people)
    union
    select n.case_id from case_person n where n.force_id = of_force and n.person_id = any (people) and n.active
    union
    select l.case_id from contact_case l where l.force_id = of_force and l.contact_id = any (contacts) and l.active
    union
    select c.case_id from case_file c where c.force_id = of_force and c.reference = asked_reference
    limit 400);
end $$;
comment on function cases_touched(uuid[], uuid[], text) is 'Every case that a person, a contact or a reference leads to, restricted ones too; at most 400.';

-- Someone all of whose cases are hidden is not known; the same for a contact that concerns a hidden case. Whether a case is
-- hidden is asked with array_position: "= any" would become an index condition, one descent for each hidden case.
create or replace function hidden_people_of(people uuid[], hidden uuid[]) returns uuid[] language plpgsql stable as $$
declare
  of_force text := current_force();
begin
  if hidden = '{}' then
    return '{}';
  end if;
  return array(
    select id from unnest(people) as p (id)
    where  exists (select from case_file c where c.force_id = of_force and c.victim_id = id and array_position(hidden, c.case_id) > 0
                   union all
                   select from case_file c where c.force_id = of_force and c.perpetrator_id = id and array_position(hidden, c.case_id) > 0)
    and    not exists (select from case_file c where c.force_id = of_force and c.victim_id = id and c.case_id <> all (hidden)
                       union all
                       select from case_file c where c.force_id = of_force and c.perpetrator_id = id and c.case_id <> all (hidden)));
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

create or replace function contacts_of_person(id uuid) returns table (contact_id uuid, occurred_at timestamptz)
language sql stable as $$
  select distinct n.contact_id, n.occurred_at from (
    select m.contact_id, m.occurred_at from contact_person m
    where  m.force_id = current_force() and m.person_id = id order by m.occurred_at desc limit 200) n
$$;
comment on function contacts_of_person(uuid) is 'The newest contacts that name a person, at most 200.';

create or replace function contacts_of_case(id uuid) returns table (contact_id uuid, occurred_at timestamptz)
language sql stable as $$
  select m.contact_id, m.occurred_at from contact_case m
  where  m.force_id = current_force() and m.case_id = id and m.active order by m.occurred_at desc limit 200
$$;
comment on function contacts_of_case(uuid) is 'The newest contacts linked to a case, at most 200.';

create or replace function night_began() returns timestamptz language plpgsql stable as $$
declare
  begins interval := (setting_value('night_begins') #>> '{}')::interval;
begin
  return (date_trunc('day', domain_now() at time zone 'Europe/London' - begins) + begins) at time zone 'Europe/London';
end $$;
comment on function night_began() is 'Since when it is tonight.';

-- Since when: tonight, the last 24 hours, the last 12 months.
create or replace function history_since() returns timestamptz[] language plpgsql stable as $$
begin
  return array[night_began(), domain_now() - interval '24 hours', domain_now() - interval '12 months'];
end $$;
comment on function history_since() is 'The three moments that contacts are counted from.';

create or replace function contact_counts(moments timestamptz[], since timestamptz[]) returns table (counts jsonb)
language sql stable as $$
  select jsonb_build_object('tonight', count(*) filter (where m >= since[1]), 'last24Hours', count(*) filter (where m > since[2]),
                            'last12Months', count(*) filter (where m > since[3]), 'ever', count(*), 'latestAt', instant(max(m)))
  from   unnest(moments) as t (m)
$$;
comment on function contact_counts(timestamptz[], timestamptz[]) is 'How many contacts tonight, in 24 hours, in 12 months, ever, and when the latest was.';

create or replace function history_person(p person) returns jsonb language sql stable as $$
  select jsonb_build_object('personId', p.person_id, 'givenName', p.given_name, 'familyName', p.family_name,
                            'aliases', to_jsonb(p.aliases), 'dateOfBirth', p.date_of_birth, 'safeContact', p.safe_contact)
$$;
comment on function history_person(person) is 'A person as a history search shows them.';

create or replace function history_people(ids uuid[], whys jsonb, concealed uuid[], since timestamptz[], out shown jsonb, out seen text)
language plpgsql stable as $$
declare
  of_force text := current_force();
begin
  select coalesce(jsonb_agg(history_person(p) || jsonb_build_object(
           'matchedBy', whys -> p.person_id::text, 'worksForPolice', p.works_for_police,
           'contacts', n.counts) order by i.n), '[]'),
         string_agg('person:' || p.person_id || ':' || p.version, ' ')
  into   shown, seen
  from   unnest(ids) with ordinality as i (id, n)
  join   person p on p.force_id = of_force and p.person_id = i.id
  cross  join lateral (
    select array_agg(c.occurred_at) as moments from contacts_of_person(p.person_id) c
    where  c.contact_id <> all (concealed)) named
  cross  join lateral contact_counts(named.moments, since) n;
end $$;
comment on function history_people(uuid[], jsonb, uuid[], timestamptz[]) is 'These people with why they matched and how often they were named.';

create or replace function history_contacts(ids uuid[], whys jsonb, out shown jsonb, out seen text) language plpgsql stable as $$
declare
  of_force text := current_force();
begin
  select coalesce(jsonb_agg(jsonb_build_object(
           'contactId', c.contact_id, 'reference', c.reference, 'occurredAt', instant(c.occurred_at), 'channel', c.channel,
           'caller', c.caller, 'responseGrade', c.response_grade, 'cutOff', c.cut_off, 'suspectPresent', c.suspect_present,
           'weapons', c.weapons, 'injuries', c.injuries, 'freshRisk', c.fresh_risk, 'excerpt', left(c.narrative, 300),
           'attendedAt', instant(a.occurred_at), 'closedAt', instant(k.occurred_at), 'outcome', k.outcome,
           'matchedBy', coalesce(whys -> c.contact_id::text, '[]')) order by c.occurred_at desc, c.contact_id desc), '[]'),
         string_agg(concat_ws(' ', 'contact:' || c.contact_id || ':' || c.version, 'attendance:' || a.attendance_id || ':' || a.version,
                              'closure:' || k.closure_id || ':' || k.version), ' ')
  into   shown, seen
  from   contact c
  left   join lateral (select t.* from attendance t where t.force_id = of_force and t.contact_id = c.contact_id
                       order by t.occurred_at limit 1) a on true
  left   join lateral (select t.* from closure t where t.force_id = of_force and t.contact_id = c.contact_id
                       order by t.occurred_at desc limit 1) k on true
  where  c.force_id = of_force and c.contact_id = any (ids);
end $$;
comment on function history_contacts(uuid[], jsonb) is 'These contacts, the newest first, each with whether someone came and how it was closed.';

create or replace function conference_referral(of_case uuid) returns table (shown jsonb, seen text) language sql stable as $$
  select jsonb_build_object('referralId', r.referral_id, 'status', r.status, 'sentAt', instant(r.sent_at)),
         'referral:' || r.referral_id || ':' || r.version
  from   referral r join service s on s.force_id = r.force_id and s.service_id = r.service_id
  where  r.force_id = current_force() and r.case_id = of_case and s.kind = 'marac'
  and    r.sent_at > domain_now() - interval '12 months'
  order  by r.sent_at desc limit 1
$$;
comment on function conference_referral(uuid) is 'The latest referral of a case to a conference within twelve months.';

create or replace function orders_in_force(of_case uuid) returns table (shown jsonb, seen text) language sql stable as $$
  select coalesce(jsonb_agg(jsonb_build_object('orderId', o.order_id, 'kind', o.kind, 'status', o.status, 'conditions', o.conditions,
                                               'expiresAt', instant(o.expires_at)) order by o.order_id), '[]'),
         string_agg('protection_order:' || o.order_id || ':' || o.version, ' ')
  from   protection_order o
  where  o.force_id = current_force() and o.case_id = of_case
  and    o.status in ('granted', 'active', 'varied', 'authorised', 'served', 'listed')
  and    (o.expires_at is null or o.expires_at > domain_now())
$$;
comment on function orders_in_force(uuid) is 'Orders and notices that protect now.';

create or replace function others_in_case(of_case uuid) returns table (shown jsonb, seen text) language sql stable as $$
  select coalesce(jsonb_agg(jsonb_build_object('personId', n.person_id, 'role', n.role, 'givenName', p.given_name,
                                               'familyName', p.family_name) order by n.case_person_id), '[]'),
         string_agg('person:' || p.person_id || ':' || p.version, ' ')
  from  (select * from case_person c where c.force_id = current_force() and c.case_id = of_case and c.active
         order by c.case_person_id limit 10) n
  join   person p on p.force_id = n.force_id and p.person_id = n.person_id
$$;
comment on function others_in_case(uuid) is 'Who else is named in a case.';

create or replace function history_cases(ids uuid[], direct uuid[], concealed uuid[], since timestamptz[], out shown jsonb, out seen text)
language plpgsql stable as $$
declare
  of_force text := current_force();
begin
  select coalesce(jsonb_agg(jsonb_build_object(
           'caseId', c.case_id, 'relation', case when c.case_id = any (direct) then 'matched' else 'other_case_of_party' end,
           'reference', c.reference, 'status', c.status, 'restricted', c.restricted, 'summary', c.summary,
           'occurredAt', instant(c.occurred_at), 'victim', history_person(v), 'perpetrator', case when u.person_id is not null then history_person(u) end,
           'others', o.shown, 'agreedGrade', g.agreed_grade, 'assessorGrade', g.assessor_grade,
           'specialistGrade', g.specialist_grade, 'suggestedGrade', g.suggested_grade, 'gradedAt', instant(g.graded_at),
           'conferenceReferral', r.shown, 'ordersInForce', p.shown, 'safeContact', v.safe_contact,
           'contacts', n.counts) order by i.n), '[]'),
         string_agg(concat_ws(' ', 'case:' || c.case_id || ':' || c.version, 'person:' || v.person_id || ':' || v.version,
                              'person:' || u.person_id || ':' || u.version, 'latest_grade:' || g.case_id || ':' || g.version,
                              o.seen, r.seen, p.seen), ' ')
  into   shown, seen
  from   unnest(ids) with ordinality as i (id, n)
  join   case_file c on c.force_id = of_force and c.case_id = i.id
  join   person v on v.force_id = of_force and v.person_id = c.victim_id
  left   join person u on u.force_id = of_force and u.person_id = c.perpetrator_id
  left   join latest_grade g on g.force_id = of_force and g.case_id = c.case_id
  left   join lateral conference_referral(c.case_id) r on true
  cross  join lateral orders_in_force(c.case_id) p
  cross  join lateral others_in_case(c.case_id) o
  cross  join lateral (select array_agg(m.occurred_at) as moments from contacts_of_case(c.case_id) m
                       where m.contact_id <> all (concealed)) l
  cross  join lateral contact_counts(l.moments, since) n;
end $$;
comment on function history_cases(uuid[], uuid[], uuid[], timestamptz[]) is 'These cases with what a call handler must know of each.';

create or replace function cases_around(ids uuid[], known uuid[]) returns uuid[] language plpgsql stable as $$
declare
  parties uuid[] := array(select distinct party from case_file f, unnest(array[f.victim_id, f.perpetrator_id]) as t (party)
                          where f.force_id = current_force() and f.case_id = any (ids) and party is not null);
begin
  return array(select id from unnest(cases_touched(parties, '{}', null)) as t (id) where id <> all (known) limit 50);
end $$;
comment on function cases_around(uuid[], uuid[]) is 'Other cases of the parties of these: at most 50.';

-- The most pressing first: not closed, by agreed grade, the newest.
create or replace function cases_by_urgency(ids uuid[], at_most int) returns uuid[] language plpgsql stable as $$
begin
  return array(
    select c.case_id from case_file c left join latest_grade g on g.force_id = c.force_id and g.case_id = c.case_id
    where  c.force_id = current_force() and c.case_id = any (ids)
    order  by c.status = 'closed', array_position(array['standard', 'medium', 'high'], g.agreed_grade::text) desc nulls last,
              c.recorded_at desc, c.case_id
    limit  at_most);
end $$;
comment on function cases_by_urgency(uuid[], int) is 'These cases, the most pressing first.';

create or replace function restricted_cases_shown(ids uuid[], direct uuid[], out shown jsonb, out seen text) language plpgsql stable as $$
begin
  select coalesce(jsonb_agg(jsonb_build_object(
           'caseId', c.case_id, 'relation', case when c.case_id = any (direct) then 'matched' else 'other_case_of_party' end,
           'restricted', true, 'agreedGrade', g.agreed_grade, 'safeContact', v.safe_contact,
           'supervisor', jsonb_build_object('reference', r.supervisor, 'name', s.name)) order by c.case_id), '[]'),
         string_agg(concat_ws(' ', 'case:' || c.case_id || ':' || c.version, 'person:' || v.person_id || ':' || v.version,
                              'case_restriction:' || r.case_id || ':' || r.version,
                              'latest_grade:' || g.case_id || ':' || g.version), ' ')
  into   shown, seen
  from   case_file c
  join   case_restriction r on r.force_id = c.force_id and r.case_id = c.case_id
  join   person v on v.force_id = c.force_id and v.person_id = c.victim_id
  left   join latest_grade g on g.force_id = c.force_id and g.case_id = c.case_id
  left   join staff s on s.force_id = c.force_id and s.reference = r.supervisor
  where  c.force_id = current_force() and c.case_id = any (ids) and current_actor() <> all (r.blocked);
end $$;
comment on function restricted_cases_shown(uuid[], uuid[]) is 'Of hidden cases that do not block who asks: the danger, how to reach the victim safely, and whom to call.';

-- The alert's line is not one of the request's: a receipt that counted it would tell who is blocked that something is known.
create or replace function report_blocked_search(cases uuid[]) returns void language plpgsql as $$
declare
  line    text := current_setting('secondlook.line', true);
  request text := current_setting('secondlook.request', true);
begin
  perform set_config('secondlook.line', '', true), set_config('secondlook.request', '', true);
  insert into alert (force_id, alert_id, detector, severity, audience, case_id, finding, evidence)
  select r.force_id, uuid_now(), 'blocked_search', 'critical', 'supervisor', r.case_id,
         'Someone who may not know of this case searched for its people.',
         jsonb_build_object('caseId', r.case_id, 'actor', current_actor(), 'requestId', nullif(request, ''))
  from   case_restriction r
  where  r.force_id = current_force() and r.case_id = any (cases) and current_actor() = any (r.blocked);
  perform set_config('secondlook.line', coalesce(line, ''), true), set_config('secondlook.request', coalesce(request, ''), true);
end $$;
comment on function report_blocked_search(uuid[]) is 'Tells supervisors outside the conflict that a blocked member of staff searched.';

create or replace function search_history(phone text, asked jsonb, address jsonb, reference text, asked_id uuid)
returns table (searched_at timestamptz, people jsonb, contacts jsonb, cases jsonb, complete boolean, seen text)
language plpgsql security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
  of_force    text := current_force();
  hidden      uuid[] := hidden_cases();
  since       timestamptz[] := history_since();
  key_ids     uuid[];  -- contacts that the keys found, the newest first, and why
  key_moments timestamptz[];
  key_whys    text[];
  ranked      uuid[];
  why         jsonb;
  shown_ids   uuid[];
  touched     uuid[];
  direct      uuid[];
  around      uuid[] := '{}';  -- other cases of their parties
  more        boolean;
  chosen      uuid[];
  visible     uuid[];
  barred      uuid[];  -- cases whose content whoever asks may not see
  unknown     uuid[];  -- people, and
  concealed   uuid[];  -- contacts, that are not known to whoever asks
  all_ids     uuid[];
  all_moments timestamptz[];
  p record;
  c record;
  k record;
  r record;
begin
  perform refuse_faults(history_faults(phone, asked, address, reference));
  reference := trim(reference);

  select coalesce(array_agg(f.contact_id), '{}'), coalesce(array_agg(f.occurred_at), '{}'), coalesce(array_agg(f.why), '{}')
  into   key_ids, key_moments, key_whys from contacts_by_keys(phone, address, reference) f;
  select coalesce(array_agg(f.person_id), '{}'), jsonb_object_agg(f.person_id, to_jsonb(f.whys))
  into   ranked, why from rank_people(phone, asked, address, reference, asked_id, key_ids, key_whys) f;

  -- Of all that was found: who of it is known to whoever asks?
  unknown := hidden_people_of(ranked, hidden);
  shown_ids := (array(select id from unnest(ranked) with ordinality as t (id, n) where id <> all (unknown) order by n))
               [:setting_value('history_people_shown')::int];
  touched := cases_touched(ranked[:setting_value('history_people_shown')::int] || shown_ids, key_ids[:50], reference);
  direct := array(select id from unnest(touched) as t (id) where id <> all (hidden));
  chosen := cases_by_urgency(direct, setting_value('history_cases_shown')::int);
  more := cardinality(direct) > cardinality(chosen);
  if not more then
    around := cases_around(direct, touched);
    visible := array(select id from unnest(around) as t (id) where id <> all (hidden));
    chosen := chosen || cases_by_urgency(visible, setting_value('history_cases_shown')::int - cardinality(chosen));
    more := cardinality(direct) + cardinality(visible) > cardinality(chosen);
  end if;
  barred := array(select id from unnest(touched || around) as t (id) where id = any (hidden));

  select coalesce(array_agg(t.id), '{}') into all_ids from (
    select unnest(key_ids)
    union
    select m.contact_id from unnest(shown_ids) as s (id), contacts_of_person(s.id) m
    union
    select m.contact_id from unnest(chosen) as s (id), contacts_of_case(s.id) m) as t (id);
  concealed := hidden_contacts_of(all_ids, hidden);
  select coalesce(array_agg(t.id order by t.at desc, t.id desc), '{}'), coalesce(array_agg(t.at order by t.at desc, t.id desc), '{}')
  into   all_ids, all_moments
  from  (select f.id, f.at from unnest(key_ids, key_moments) as f (id, at)
         union
         select m.contact_id, m.occurred_at from unnest(shown_ids) as s (id), contacts_of_person(s.id) m
         union
         select m.contact_id, m.occurred_at from unnest(chosen) as s (id), contacts_of_case(s.id) m where s.id = any (direct)) t
  where  t.id <> all (concealed);

  p := history_people(shown_ids, why, concealed, since);
  k := history_cases(chosen, direct, concealed, since);
  c := history_contacts(all_ids[:setting_value('history_contacts_shown')::int],
                        (select jsonb_object_agg(f.id, jsonb_build_array(f.why)) from unnest(key_ids, key_whys) as f (id, why)));
  r := restricted_cases_shown(barred, touched);
  if hidden && touched then
    perform report_blocked_search(array(select id from unnest(touched) as t (id) where id = any (hidden)));
  end if;
  return query select domain_now(), p.shown, n.counts || jsonb_build_object('recent', c.shown),
    k.shown || r.shown,
    cardinality(ranked) = cardinality(shown_ids) + cardinality(unknown) and not more,
    concat_ws(' ', p.seen, k.seen, r.seen, c.seen)
    from contact_counts(all_moments, since) n;
end $$;
comment on function search_history(text, jsonb, jsonb, text, uuid) is
  'A history search: people with why they matched, contacts counted and the newest shown, cases with grades, referrals, orders and safe contact.';

alter function search_history(text, jsonb, jsonb, text, uuid) owner to secondlook_search;
grant execute on function search_history(text, jsonb, jsonb, text, uuid) to secondlook_app;
grant execute on function not_searchable(text, text), history_faults(text, jsonb, jsonb, text), asked_keys(text, jsonb, jsonb, text),
  contacts_by_keys(text, jsonb, text), rank_people(text, jsonb, jsonb, text, uuid, uuid[], text[]),
  cases_touched(uuid[], uuid[], text), hidden_people_of(uuid[], uuid[]), hidden_contacts_of(uuid[], uuid[]), contacts_of_person(uuid), contacts_of_case(uuid), night_began(),
  history_since(), contact_counts(timestamptz[], timestamptz[]), history_person(person), history_people(uuid[], jsonb, uuid[], timestamptz[]),
  history_contacts(uuid[], jsonb), conference_referral(uuid), orders_in_force(uuid), others_in_case(uuid),
  history_cases(uuid[], uuid[], uuid[], timestamptz[]), cases_around(uuid[], uuid[]), cases_by_urgency(uuid[], int), restricted_cases_shown(uuid[], uuid[]),
  report_blocked_search(uuid[]), setting_value(text), uuid_now() to secondlook_search;
grant select on setting_definition to secondlook_search;
grant insert on alert to secondlook_search;

-- Its policies: the caller's force and nothing else. Inserts are the keys of people and the alert above.
do $$
declare
  readable text;
begin
  foreach readable in array array['person', 'search_key', 'contact', 'contact_person', 'contact_case', 'case_file', 'case_person',
                                  'case_restriction', 'attendance', 'closure', 'latest_grade', 'referral', 'service',
                                  'protection_order', 'staff', 'setting'] loop
    execute format('grant select on %I to secondlook_search', readable);
    execute format('drop policy if exists search_reads on %I', readable);
    execute format('create policy search_reads on %I for select to secondlook_search using (force_id = (select current_force()))', readable);
  end loop;
  drop policy if exists search_writes on search_key;
  create policy search_writes on search_key for insert to secondlook_search with check (true);
  drop policy if exists search_writes on alert;
  create policy search_writes on alert for insert to secondlook_search with check (force_id = (select current_force()));
end $$;
