-- order_breached: a contact while an order or a bail condition is in force, graded below priority; or a breach without action in 24 hours.
-- Source: Domestic Abuse Act 2021, sections 26 and 39 (a breach is cause for arrest); how low a grade and how late an action are the project's own.
-- In force is what the order's moves say of the moment of the contact, or what the caller said.
-- Settings: below (the lowest response grade that is enough), contact_hours (that the contact may lie back), hours (for action),
-- days (that the breach may lie back).
create or replace function detect_order_breached(subject case_facts, at timestamptz, limits jsonb) returns finding[]
language plpgsql stable strict as $$
declare
  low      record;
  breaches record;
begin
  low := contacts_under_order(subject, at - make_interval(hours => (limits ->> 'contact_hours')::int), at, grade_height(limits ->> 'below'));
  breaches := breaches_without_action(subject, at - make_interval(days => (limits ->> 'days')::int), at, make_interval(hours => (limits ->> 'hours')::int));
  if low.records is null and breaches.records is null and breaches.next is null then
    return null;
  end if;
  return array[(subject.case_id, coalesce(low.contact_id, breaches.contact_id),
    nullif(concat_ws(' ',
      case when low.records is not null then format('A contact while an order or a condition of bail is in force is graded below %s.', limits ->> 'below') end,
      case when breaches.records is not null then format('A breach of an order had no action within %s hours.', limits ->> 'hours') end), ''),
    case when low.records is not null or breaches.records is not null
         then evidence_of(coalesce(low.records, '[]') || coalesce(breaches.records, '[]')) end,
    breaches.next)::finding];
end $$;
comment on function detect_order_breached(case_facts, timestamptz, jsonb) is 'Looks at a case.';

-- Five contacts with their orders, and ten breaches: so the evidence keeps its bound.
create or replace function contacts_under_order(subject case_facts, since timestamptz, at timestamptz, enough int, out contact_id uuid, out records jsonb)
language plpgsql stable as $$
declare
  received linked_contact;
  possible uuid[] := '{}';
begin
  foreach received in array subject.contacts loop
    exit when received.occurred_at < since or cardinality(possible) = 20;
    if received.case_id = subject.case_id and (subject.has_orders or received.order_in_force = 'yes') then
      possible := possible || received.contact_id;
    end if;
  end loop;
  if possible = '{}' then
    return;
  end if;
  with low as (
    select c.contact_id, c.occurred_at, g.grade, c.order_in_force = 'yes' as is_said,
           order_in_force_at(subject.cases, c.occurred_at, at) as order_id
    from   contact c cross join lateral grade_known(c, at) g
    where  c.force_id = current_force() and c.contact_id = any (possible) and grade_height(g.grade) < enough),
  shown as (
    select * from low l where l.is_said or l.order_id is not null order by l.occurred_at desc limit 5)
  select (select s.contact_id from shown s order by s.occurred_at desc limit 1), jsonb_agg(e.record)
  into   contact_id, records
  from  (select record_shown('contact', s.contact_id, s.occurred_at, jsonb_build_object('responseGrade', s.grade)) as record from shown s
         union all
         select record_shown('protection_order', o.order_id, o.recorded_at, jsonb_build_object('orderKind', o.kind))
         from   protection_order o where o.force_id = current_force() and o.order_id in (select s.order_id from shown s)) e;
end $$;
comment on function contacts_under_order(case_facts, timestamptz, timestamptz, int) is
  'A case''s contacts since a moment that are graded too low while an order is in force, and the orders.';

create or replace function order_in_force_at(cases uuid[], moment timestamptz, at timestamptz) returns uuid language plpgsql stable as $$
begin
  return (
    select o.order_id from protection_order o
    cross  join lateral (select t.to_status from protection_order_transition t
                         where  t.force_id = current_force() and t.order_id = o.order_id and t.occurred_at <= moment and t.recorded_at <= at
                         order  by t.number desc limit 1) s
    where  o.force_id = current_force() and o.case_id = any (cases) and (o.expires_at is null or o.expires_at > moment)
    and    s.to_status in ('granted', 'active', 'varied', 'served', 'listed')
    order  by o.recorded_at desc limit 1);
end $$;
comment on function order_in_force_at(uuid[], timestamptz, timestamptz) is 'An order, a notice or bail in force at a moment, as known at another.';

create or replace function breaches_without_action(subject case_facts, since timestamptz, at timestamptz, allowed interval,
                                                   out contact_id uuid, out records jsonb, out next timestamptz) language plpgsql stable as $$
begin
  if not subject.has_orders then
    return;
  end if;
  select (array_agg(n.contact_id order by n.occurred_at desc) filter (where n.due <= at))[1],
         jsonb_agg(record_shown('protection_order_breach', n.breach_id, n.occurred_at) order by n.occurred_at) filter (where n.due <= at),
         min(n.due) filter (where n.due > at)
  into   contact_id, records, next
  from  (select b.breach_id, b.contact_id, b.occurred_at, b.occurred_at + allowed as due
         from   protection_order_breach b
         where  b.force_id = current_force() and b.case_id = subject.case_id and b.occurred_at > since and b.recorded_at <= at
         and    not (b.action <> 'none' and coalesce(b.action_at, b.occurred_at) <= b.occurred_at + allowed)
         and    not exists (select from protection_order_breach_action d
                            where  d.force_id = current_force() and d.breach_id = b.breach_id and d.occurred_at <= b.occurred_at + allowed and d.recorded_at <= at)
         order  by b.occurred_at desc limit 10) n;
end $$;
comment on function breaches_without_action(case_facts, timestamptz, timestamptz, interval) is
  'Breaches on which nothing was done in the time allowed, and when the next one''s time is over.';
grant execute on function contacts_under_order(case_facts, timestamptz, timestamptz, int), order_in_force_at(uuid[], timestamptz, timestamptz),
  breaches_without_action(case_facts, timestamptz, timestamptz, interval) to secondlook_detector;
select define_detector('order_breached', 1, 'critical', 'specialist', 'case', 1,
  '{"below": "priority", "contact_hours": 24, "hours": 24, "days": 30}',
  'A contact while an order or a condition of bail is in force, graded below priority; or a breach without action within 24 hours.',
  'Grade the response afresh; have the breach acted on, by arrest where there is the power, and write down what was done.');
