-- unlinked: the same person, telephone or address is in another contact, and nothing links the two.
-- Source: IOPC, West Midlands Police's contact with Raneem Oudeh (18 November 2022): each incident was treated in isolation. Two contacts are linked
-- when they have a case in common. It waits a little: cases are linked while the call is handled.
-- Settings: days (that the other may lie back), minutes (to wait), roles (in which a person counts), shared_by_many (a number or
-- an address in more contacts than that is a switchboard's or a block's and says nothing).
create or replace function detect_unlinked(subject uuid, at timestamptz, limits jsonb) returns setof finding
language plpgsql stable as $$
declare
  counted  text[] := words_of(limits -> 'roles');
  many     int := limits ->> 'shared_by_many';
  received contact;
  since    timestamptz;
  ready    timestamptz;
  own      uuid[];
  alike    uuid[];
begin
  select * into received from contact c where c.force_id = current_force() and c.contact_id = subject and c.recorded_at <= at;
  since := received.occurred_at - make_interval(days => (limits ->> 'days')::int);
  ready := received.recorded_at + make_interval(mins => (limits ->> 'minutes')::int);
  alike := contacts_alike(received, at, counted, since, many);
  if alike = '{}' then
    return;
  end if;
  own := array(select cases_of_contact(subject));
  return query
  -- It is told of the case that the other contact has, else of this one's: who may not see the case sees nothing of it.
  with other as (
    select c.contact_id, c.occurred_at, array(select cases_of_contact(c.contact_id)) as cases
    from   contact c where c.force_id = current_force() and c.contact_id = any (alike) and c.recorded_at <= at),
  told as (
    select t.case_id, o.contact_id, o.occurred_at, row_number() over (partition by t.case_id order by o.occurred_at desc) as place
    from   other o
    cross  join lateral unnest(case when o.cases <> '{}' then o.cases when own <> '{}' then own else array[null::uuid] end) as t (case_id)
    where  not o.cases && own)
  select t.case_id, subject,
         case when at >= ready then
           format('Another contact within %s days names the same person, telephone or address, and nothing links the two.', limits ->> 'days') end,
         case when at >= ready then
           evidence_of(jsonb_agg(record_shown('contact', t.contact_id, t.occurred_at) order by t.occurred_at)
                       || record_shown('contact', subject, received.occurred_at)) end,
         case when at < ready then ready end
  from   told t where t.place < 20 group by t.case_id;
end $$;
comment on function detect_unlinked(uuid, timestamptz, jsonb) is 'Looks at a contact.';

create or replace function contacts_alike(received contact, at timestamptz, counted text[], since timestamptz, many int) returns uuid[]
language plpgsql stable as $$
declare
  till timestamptz := received.occurred_at;
  id   uuid := received.contact_id;
  by_phone   uuid[] := '{}';
  by_address uuid[] := '{}';
begin
  -- A professional's number says nothing of the people that the call is about.
  if received.phone_key is not null and received.caller <> 'agency' and received.channel not in ('agency', 'officer', 'front_counter') then
    by_phone := array(select c.contact_id from contact c
                      where  c.force_id = current_force() and c.phone_key = received.phone_key and c.occurred_at >= since and c.occurred_at <= till
                      and    c.contact_id <> id order by c.occurred_at desc limit many + 1);
  end if;
  if received.address_key is not null then
    by_address := array(select c.contact_id from contact c
                        where  c.force_id = current_force() and c.address_key = received.address_key and c.occurred_at >= since and c.occurred_at <= till
                        and    c.contact_id <> id order by c.occurred_at desc limit many + 1);
  end if;
  return array(
    select o.contact_id
    from   contact_person n
    cross  join lateral (select p.contact_id from contact_person p
                         where  p.force_id = current_force() and p.person_id = n.person_id and p.occurred_at >= since and p.occurred_at <= till
                         and    p.contact_id <> id and p.role = any (counted) and p.recorded_at <= at order by p.occurred_at desc limit 20) o
    where  n.force_id = current_force() and n.contact_id = id and n.role = any (counted) and n.recorded_at <= at
    union select unnest(case when cardinality(by_phone) <= many then by_phone end)
    union select unnest(case when cardinality(by_address) <= many then by_address end));
end $$;
comment on function contacts_alike(contact, timestamptz, text[], timestamptz, int) is 'Earlier contacts with the same person, telephone or address.';
grant execute on function contacts_alike(contact, timestamptz, text[], timestamptz, int) to secondlook_detector;
select define_detector('unlinked', 1, 'warning', 'control_room', 'contact', 3,
  '{"days": 365, "minutes": 30, "roles": ["victim", "suspect", "child"], "shared_by_many": 20}',
  'The same person, telephone or address is in another contact, and nothing links the two.',
  'Compare the two contacts, and link this one to its case; a pattern shows only when they are seen together.');
