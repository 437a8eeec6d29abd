-- order_not_considered: a contact was closed without an arrest, the risk is high or medium, and no notice or order was considered.
-- Source: IOPC, West Midlands Police's contact with Raneem Oudeh (18 November 2022): powers that were not used. The grade is the agreed one or the
-- one that the answers suggest, whichever is higher.
-- Settings: grades, days (how far back a contact counts), answers_days (how far back answers count), hours (to think of it after the closing).
create or replace function detect_order_not_considered(subject case_facts, at timestamptz, limits jsonb) returns finding[]
language plpgsql stable strict as $$
declare
  since    timestamptz := at - make_interval(days => (limits ->> 'days')::int);
  grace    interval := make_interval(hours => (limits ->> 'hours')::int);
  contacts linked_contact[] := contacts_in(subject.contacts, subject.case_id, since, 10);
  assessed assessment_facts;
  suggested text;
  closed   record;
  again    timestamptz;
  latest   uuid;
  shown    jsonb := '[]';
begin
  foreach assessed in array assessments_in(subject.assessments, subject.case_id, at - make_interval(days => (limits ->> 'answers_days')::int), 10) loop
    suggested := coalesce(suggested, assessed.suggested_grade);
  end loop;
  if contacts = '{}' or not coalesce(limits -> 'grades' ?| array[subject.agreed_grade, suggested], false) then
    return null;
  end if;
  for closed in
    select n.contact_id, n.occurred_at, k.closure_id, k.occurred_at as closed_at
    from   unnest(contacts) n
    cross  join lateral (select c.closure_id, c.occurred_at from closure c
                         where  c.force_id = current_force() and c.contact_id = n.contact_id and c.recorded_at <= at and c.outcome <> 'duplicate'
                         order  by c.occurred_at limit 1) k
    where  not exists (select from closure c where c.force_id = current_force() and c.contact_id = n.contact_id and c.recorded_at <= at
                       and c.outcome = 'attended_arrest')
    order  by n.occurred_at
  loop
    continue when subject.has_orders and order_considered(subject.cases, closed.occurred_at, at);
    if closed.closed_at + grace > at then
      again := least(again, closed.closed_at + grace);
    else
      shown := shown || jsonb_build_array(record_shown('contact', closed.contact_id, closed.occurred_at),
                                          record_shown('closure', closed.closure_id, closed.closed_at));
      latest := closed.contact_id;
    end if;
  end loop;
  if shown = '[]' and again is null then
    return null;
  end if;
  return array[(subject.case_id, latest,
                case when shown <> '[]' then 'Closed without an arrest at high or medium risk, and no notice or order was considered.' end,
                evidence_of(shown), again)::finding];
end $$;
comment on function detect_order_not_considered(case_facts, timestamptz, jsonb) is 'Looks at a case.';

-- Considered since, whatever came of it, or there already and not over yet.
create or replace function order_considered(cases uuid[], moment timestamptz, at timestamptz) returns boolean language plpgsql stable as $$
begin
  return exists (
    select from protection_order o
    where  o.force_id = current_force() and o.case_id = any (cases) and o.kind <> 'bail' and o.recorded_at <= at
    and    (o.recorded_at >= moment
            or coalesce(o.expires_at > moment, true)
               and not exists (select from protection_order_transition t where t.force_id = current_force() and t.order_id = o.order_id
                               and t.occurred_at <= moment and t.recorded_at <= at
                               and t.to_status in ('not_pursued', 'refused', 'discharged', 'expired', 'determined'))));
end $$;
comment on function order_considered(uuid[], timestamptz, timestamptz) is 'Whether an order or a notice was considered since a contact, or stood at its moment, as known at another.';
grant execute on function order_considered(uuid[], timestamptz, timestamptz) to secondlook_detector;
select define_detector('order_not_considered', 1, 'warning', 'specialist', 'case', 2, '{"grades": ["high", "medium"], "days": 28, "answers_days": 365, "hours": 0}',
  'Closed without an arrest, the risk high or medium, and no notice or order considered.',
  'Ask an inspector to consider a notice, and record what was decided and why.');
