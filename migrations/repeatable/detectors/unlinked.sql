-- unlinked: the same person, telephone or address is in another contact, and nothing links the two.
-- Source: IOPC, West Midlands Police's contact with Raneem Oudeh (18 November 2022): each incident was treated in isolation. Two contacts are linked
-- when they have a case in common. It waits a little: cases are linked while the call is handled.
-- Settings: days (that the other may lie back), minutes (to wait), roles (in which a person counts), shared_by_many (a number or
-- an address in more contacts than that is a switchboard's or a block's and says nothing).
create or replace function detect_unlinked(subject contact_facts, at timestamptz, limits jsonb) returns finding[]
language plpgsql stable strict as $$
declare
  received contact := subject.received;
  since    timestamptz := received.occurred_at - make_interval(days => (limits ->> 'days')::int);
  ready    timestamptz := received.recorded_at + make_interval(mins => (limits ->> 'minutes')::int);
  alike    uuid[] := contacts_alike(subject, at, limits -> 'roles', since, (limits ->> 'shared_by_many')::int);
begin
  if alike = '{}' then
    return null;
  end if;
  return array(
  -- It is told of the case that the other contact has, else of this one's: who may not see the case sees nothing of it.
  with other as (
    select c.contact_id, c.occurred_at, array(select l.case_id from contact_case l
                                              where  l.force_id = current_force() and l.contact_id = c.contact_id and l.active and l.recorded_at <= at) as cases
    from   contact c where c.force_id = current_force() and c.contact_id = any (alike) and c.recorded_at <= at),
  told as (
    select t.case_id, o.contact_id, o.occurred_at, row_number() over (partition by t.case_id order by o.occurred_at desc) as place
    from   other o
    cross  join lateral unnest(case when o.cases <> '{}' then o.cases when subject.cases <> '{}' then subject.cases else array[null::uuid] end) as t (case_id))
  select (t.case_id, subject.contact_id,
          case when at >= ready then
            format('Another contact within %s days names the same person, telephone or address, and nothing links the two.', limits ->> 'days') end,
          case when at >= ready then
            evidence_of(jsonb_agg(record_shown('contact', t.contact_id, t.occurred_at) order by t.occurred_at)
                        || record_shown('contact', subject.contact_id, received.occurred_at)) end,
          case when at < ready then ready end)::finding
  from   told t where t.place < 20 group by t.case_id);
end $$;
comment on function detect_unlinked(contact_facts, timestamptz, jsonb) is 'Looks at a contact.';

-- A professional's number says nothing of the people that the call is about.
create or replace function contacts_alike(subject contact_facts, at timestamptz, roles jsonb, since timestamptz, many int) returns uuid[]
language plpgsql stable as $$
declare
  received   contact := subject.received;
  till       timestamptz := received.occurred_at;
  telephone  text := case when received.caller <> 'agency' and received.channel not in ('agency', 'officer', 'front_counter') then received.phone_key end;
  by_person  uuid[];
  by_phone   uuid[];
  by_address uuid[];
begin
  select array(select o.contact_id
               from   contact_person n
               cross  join lateral (select p.contact_id from contact_person p
                                    where  p.force_id = current_force() and p.person_id = n.person_id and p.occurred_at >= since and p.occurred_at <= till
                                    and    p.contact_id <> received.contact_id and roles ? p.role and p.recorded_at <= at
                                    order  by p.occurred_at desc limit 20) o
               where  n.force_id = current_force() and n.contact_id = received.contact_id and roles ? n.role and n.recorded_at <= at),
         array(select c.contact_id from contact c
               where  c.force_id = current_force() and c.phone_key = telephone and c.occurred_at >= since and c.occurred_at <= till
               and    c.contact_id <> received.contact_id order by c.occurred_at desc limit many + 1),
         array(select c.contact_id from contact c
               where  c.force_id = current_force() and c.address_key = received.address_key and c.occurred_at >= since and c.occurred_at <= till
               and    c.contact_id <> received.contact_id order by c.occurred_at desc limit many + 1)
  into   by_person, by_phone, by_address;
  return array(select distinct a.id
               from   unnest(by_person || case when cardinality(by_phone) <= many then by_phone end
                                       || case when cardinality(by_address) <= many then by_address end) a (id)
               where  not exists (select from contact_case l where l.force_id = current_force() and l.contact_id = a.id
                                  and l.case_id = any (subject.cases) and l.active and l.recorded_at <= at));
end $$;
comment on function contacts_alike(contact_facts, timestamptz, jsonb, timestamptz, int) is
  'Earlier contacts with the same person, telephone or address, without a case in common.';
grant execute on function contacts_alike(contact_facts, timestamptz, jsonb, timestamptz, int) to secondlook_detector;
select define_detector('unlinked', 1, 'warning', 'control_room', 'contact', 3,
  '{"days": 365, "minutes": 30, "roles": ["victim", "suspect", "child"], "shared_by_many": 20}',
  'The same person, telephone or address is in another contact, and nothing links the two.',
  'Compare the two contacts, and link this one to its case; a pattern shows only when they are seen together.');
