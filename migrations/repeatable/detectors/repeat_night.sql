-- repeat_night: two contacts or more of one case, telephone or address within 24 hours to which nobody has come.
-- Source: DOMAIN §6; on the last night of the case behind Raneem's Law four calls were each taken alone, and none was attended.
-- Settings: hours, contacts.
create or replace function detect_repeat_night(subject uuid, at timestamptz, limits jsonb) returns setof finding
language plpgsql stable as $$
declare
  here    text := current_force();
  enough  int := limits ->> 'contacts';
  latest  contact;
  since   timestamptz;
  cases   uuid[];
  total   int;
  records jsonb;
begin
  select * into latest from contact c where c.force_id = here and c.contact_id = subject and c.recorded_at <= at;
  since := latest.occurred_at - make_interval(hours => (limits ->> 'hours')::int);
  cases := array(select cases_of_contact(subject));
  select count(*), jsonb_agg(record_shown('contact', n.contact_id, n.occurred_at) order by n.occurred_at)
  into   total, records
  from  (select c.contact_id, c.occurred_at
         from  (select l.contact_id from contact_case l
                where  l.force_id = here and l.case_id = any (cases) and l.active
                and    l.occurred_at > since and l.occurred_at <= latest.occurred_at
                union
                select p.contact_id from contact p
                where  p.force_id = here and p.phone_key = latest.phone_key
                and    p.occurred_at > since and p.occurred_at <= latest.occurred_at
                union
                select p.contact_id from contact p
                where  p.force_id = here and p.address_key = latest.address_key
                and    p.occurred_at > since and p.occurred_at <= latest.occurred_at
                union
                select subject) near
         join   contact c on c.force_id = here and c.contact_id = near.contact_id and c.recorded_at <= at
         where  attended_at(c.contact_id, at) is null
         order  by c.occurred_at desc limit 20) n;
  if total < enough then
    return;
  end if;
  -- Without a case the contact itself carries the alert.
  return query select c.id, subject, format('%s contacts within %s hours to which nobody has come.', total, limits ->> 'hours'),
                      evidence_of(records, jsonb_build_object('contacts', total)), null::timestamptz
               from   unnest(case when cases = '{}' then array[null::uuid] else cases end) as c (id);
end $$;
comment on function detect_repeat_night(uuid, timestamptz, jsonb) is 'Looks at a contact.';
select define_detector('repeat_night', 1, 'critical', 'control_room', 'contact', 1, '{"hours": 24, "contacts": 2}',
  'Another contact about the same case, telephone or address within 24 hours, and nobody has come.',
  'Send somebody now, and tell them of every call of the night.');
