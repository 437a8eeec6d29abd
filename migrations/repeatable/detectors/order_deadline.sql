-- order_deadline: a notice was given, and magistrates have not heard of it when the time for that is over; or a domestic abuse protection
-- order was made, and whoever it binds has not told the police of name and address when the time for that is over.
-- Source: Domestic Abuse Act 2021, sections 29 (hearing) and 41 (notification); Crime and Security Act 2010, section 27 (hearing of the older notice).
-- Settings: days (how far back a deadline may lie); order_hearing_hours, order_notification_days and bank_holidays make the deadlines.
create or replace function detect_order_deadline(subject case_facts, at timestamptz, limits jsonb) returns finding[]
language plpgsql stable strict as $$
declare
  since  timestamptz := at - make_interval(days => (limits ->> 'days')::int);
  waits  record;
  again  timestamptz;
  shown  jsonb := '[]';
  missed text[] := '{}';
begin
  for waits in
    select o.order_id, o.recorded_at, o.kind, coalesce(d.hear_by, d.notify_by) as due
    from   protection_order o cross join lateral order_deadlines(o.order_id, o.kind, o.granted_at, at) d
    where  o.force_id = current_force() and o.case_id = subject.case_id and o.recorded_at <= at
    and    (d.hear_by > since and coalesce(d.heard_at > d.hear_by, true)
            or d.notify_by > since and coalesce(d.notified_at >= d.notify_by, true))
    -- Nobody is bound any longer by what ended before.
    and    not exists (select from protection_order_transition t
                       where  t.force_id = current_force() and t.order_id = o.order_id and t.to_status in ('discharged', 'expired')
                       and    t.recorded_at <= at and t.occurred_at < d.notify_by)
    order  by 4, o.order_id limit 20
  loop
    if waits.due > at then
      again := least(again, waits.due);
    else
      shown := shown || record_shown('protection_order', waits.order_id, waits.recorded_at,
                                     jsonb_build_object('orderKind', waits.kind, 'dueAt', instant(waits.due)));
      missed := missed || case when waits.kind = 'dapo' then 'Name and address were not notified to the police in the time that an order allows.'
                               else 'Magistrates did not hear of a notice in the time that the law gives.' end;
    end if;
  end loop;
  if shown = '[]' and again is null then
    return null;
  end if;
  return array[(subject.case_id, null, (select string_agg(distinct m, ' ') from unnest(missed) m), evidence_of(shown), again)::finding];
end $$;
comment on function detect_order_deadline(case_facts, timestamptz, jsonb) is 'Looks at a case.';
select define_detector('order_deadline', 1, 'warning', 'specialist', 'case', 2, '{"days": 60}',
  'A notice not heard by magistrates within 48 hours of being given, or an order whose subject has not notified name and address within three days.',
  'Ring the court, or the officer in the case; and write down the hearing, or what was notified.',
  'subject.has_orders');
