-- order_not_considered: a contact was closed without an arrest, the risk is high or medium, and no notice or order was considered.
-- Source: IOPC, West Midlands Police's contact with Raneem Oudeh (18 November 2022): powers that were not used. The grade is the agreed one or the
-- one that the answers suggest, whichever is higher.
-- Settings: grades, days (how far back a contact counts), answers_days (how far back answers count), hours (to think of it after the closing).
create or replace function detect_order_not_considered(subject uuid, at timestamptz, limits jsonb) returns setof finding
language plpgsql stable as $$
declare
  since   timestamptz := at - make_interval(days => (limits ->> 'days')::int);
  grace   interval := make_interval(hours => (limits ->> 'hours')::int);
  grades  text[] := words_of(limits -> 'grades');
  cases   uuid[];
  closed  record;
  again   timestamptz;
  latest  uuid;
  shown   jsonb := '[]';
begin
  if not (coalesce(agreed_grade_at(subject, at) = any (grades), false)
          or exists (select from (select a.suggested_grade from standing_assessments(array[subject], at - make_interval(days => (limits ->> 'answers_days')::int), at, 10) a
                                  where a.suggested_grade is not null order by a.occurred_at desc limit 1) a
                     where a.suggested_grade = any (grades))) then
    return;
  end if;
  cases := cases_of_pair(subject);
  for closed in
    select n.contact_id, n.occurred_at, k.closure_id, k.occurred_at as closed_at
    from  (select l.contact_id, l.occurred_at from contact_case l
           where  l.force_id = current_force() and l.case_id = subject and l.active and l.occurred_at > since and l.recorded_at <= at
           order  by l.occurred_at desc, l.contact_id desc limit 10) n
    cross  join lateral (select c.closure_id, c.occurred_at from closure c
                         where  c.force_id = current_force() and c.contact_id = n.contact_id and c.recorded_at <= at and c.outcome <> 'duplicate'
                         order  by c.occurred_at limit 1) k
    where  not exists (select from closure c where c.force_id = current_force() and c.contact_id = n.contact_id and c.recorded_at <= at
                       and c.outcome = 'attended_arrest')
    -- Considered since, whatever came of it, or there already and not over yet.
    and    not exists (
      select from protection_order o
      where  o.force_id = current_force() and o.case_id = any (cases) and o.kind <> 'bail' and o.recorded_at <= at
      and    (o.recorded_at >= n.occurred_at
              or coalesce(o.expires_at > n.occurred_at, true)
                 and not exists (select from protection_order_transition t where t.force_id = current_force() and t.order_id = o.order_id
                                 and t.occurred_at <= n.occurred_at and t.recorded_at <= at
                                 and t.to_status in ('not_pursued', 'refused', 'discharged', 'expired', 'determined'))))
    order  by n.occurred_at
  loop
    if closed.closed_at + grace > at then
      again := least(again, closed.closed_at + grace);
    else
      shown := shown || jsonb_build_array(record_shown('contact', closed.contact_id, closed.occurred_at),
                                          record_shown('closure', closed.closure_id, closed.closed_at));
      latest := closed.contact_id;
    end if;
  end loop;
  if shown <> '[]' or again is not null then
    return next (subject, latest,
                 case when shown <> '[]' then 'Closed without an arrest at high or medium risk, and no notice or order was considered.' end,
                 evidence_of(shown), again)::finding;
  end if;
end $$;
comment on function detect_order_not_considered(uuid, timestamptz, jsonb) is 'Looks at a case.';
select define_detector('order_not_considered', 1, 'warning', 'specialist', 'case', 2, '{"grades": ["high", "medium"], "days": 28, "answers_days": 365, "hours": 0}',
  'Closed without an arrest, the risk high or medium, and no notice or order considered.',
  'Ask an inspector to consider a notice, and record what was decided and why.');
