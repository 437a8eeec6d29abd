-- repeat_night: two contacts or more of one case, telephone or address within 24 hours to which nobody has come.
-- Source: the project's own reading of a case: on the last night of the case behind Raneem's Law four calls were each taken alone, and none was
-- attended.
-- Settings: hours, contacts.
create or replace function detect_repeat_night(subject contact_facts, at timestamptz, limits jsonb) returns finding[]
language plpgsql stable strict as $$
declare
  enough  int := greatest(1, (limits ->> 'contacts')::int);
  span    interval := make_interval(hours => (limits ->> 'hours')::int);
  asked   contact := subject.received;
  since   timestamptz := asked.occurred_at - span;
  until   timestamptz := asked.occurred_at + span;
  others  uuid[];
  latest  uuid;
  total   int;
  records jsonb;
begin
  -- Later ones too: two that come at once, or one that is entered late, may be looked at in the other order.
  others := array(
    select l.contact_id from contact_case l
    where  l.force_id = current_force() and l.case_id = any (subject.cases) and l.active and l.recorded_at <= at
    and    l.occurred_at > since and l.occurred_at < until and l.contact_id <> asked.contact_id)
  || array(
    select p.contact_id from contact p
    where  p.force_id = current_force() and p.phone_key = asked.phone_key and p.occurred_at > since and p.occurred_at < until and p.contact_id <> asked.contact_id)
  || array(
    select p.contact_id from contact p
    where  p.force_id = current_force() and p.address_key = asked.address_key and p.occurred_at > since and p.occurred_at < until and p.contact_id <> asked.contact_id);
  if 1 + cardinality(others) < enough then
    return null;
  end if;
  with near as (
    select c.contact_id, c.occurred_at from contact c
    where  c.force_id = current_force() and c.contact_id = any (others || asked.contact_id) and c.recorded_at <= at order by c.occurred_at desc limit 40)
  select count(*), jsonb_agg(record_shown('contact', n.contact_id, n.occurred_at) order by n.occurred_at),
         (array_agg(n.contact_id order by n.occurred_at desc, n.contact_id desc))[1]
  into   total, records, latest
  from  (select * from near
         where  near.occurred_at > (select max(l.occurred_at) from near l) - span
         and    not exists (select from attendance t where t.force_id = current_force() and t.contact_id = near.contact_id and t.recorded_at <= at)
         order  by near.occurred_at desc limit 20) n;
  if total < enough then
    return null;
  end if;
  subject.contact_id := latest; -- the one that shows it
  return findings_of_contact(subject, format('%s contacts within %s hours to which nobody has come.', total, limits ->> 'hours'),
                             evidence_of(records, jsonb_build_object('contacts', total)));
end $$;
comment on function detect_repeat_night(contact_facts, timestamptz, jsonb) is 'Looks at a contact.';
select define_detector('repeat_night', 1, 'critical', 'control_room', 'contact', 1, '{"hours": 24, "contacts": 2}',
  'Another contact about the same case, telephone or address within 24 hours, and nobody has come.',
  'Send somebody now, and tell them of every call of the night.');
