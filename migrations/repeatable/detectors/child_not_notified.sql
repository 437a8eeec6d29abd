-- child_not_notified: a child is in the household, and when the next school day begins no school was told of the contact.
-- Source: Victims and Prisoners Act 2024 and its statutory guidance, Operation Encompass. Of children who are named each must have been told of;
-- where none is named but a caller or an answer speaks of children, one notification is enough. One that reached nobody is none.
-- Settings: days (how far back a contact counts), topics (answers that speak of children), answers_days (how far back those count), adult_age,
-- reached (outcomes that count).
create or replace function detect_child_not_notified(subject uuid, at timestamptz, limits jsonb) returns setof finding
language plpgsql stable as $$
declare
  since    timestamptz := at - make_interval(days => (limits ->> 'days')::int);
  reached  text[] := words_of(limits -> 'reached');
  adult    date := (at - make_interval(years => (limits ->> 'adult_age')::int))::date;
  in_house uuid[];
  spoken_of boolean;
  untold   record;
  due      timestamptz;
  latest   uuid;
  shown    jsonb := '[]';
begin
  in_house := array(select p.person_id from case_person p where p.force_id = current_force() and p.case_id = subject and p.role = 'child'
                    and p.active and p.recorded_at <= at limit 20);
  spoken_of := exists (select from standing_assessments(array[subject], at - make_interval(days => (limits ->> 'answers_days')::int), at, 10) a
                       where a.yes_topics && words_of(limits -> 'topics'));
  for untold in
    select n.contact_id, n.occurred_at
    from  (select l.contact_id, l.occurred_at, c.children_present,
                  array(select k.id from unnest(in_house || array(
                          select m.person_id from contact_person m where m.force_id = current_force() and m.contact_id = l.contact_id
                          and    m.role = 'child' and m.recorded_at <= at)) as k (id)
                        where coalesce((select p.date_of_birth from person p where p.force_id = current_force() and p.person_id = k.id) > adult, true)) as children,
                  array(select s.child_id from school_notification s
                        where  s.force_id = current_force() and s.contact_id = l.contact_id and s.recorded_at <= at and s.outcome = any (reached)
                        union all
                        select s.child_id from school_notification s
                        where  s.force_id = current_force() and s.case_id = subject and s.contact_id is null and s.occurred_at >= l.occurred_at
                        and    s.recorded_at <= at and s.outcome = any (reached)) as told
           from   contact_case l join contact c on c.force_id = current_force() and c.contact_id = l.contact_id
           where  l.force_id = current_force() and l.case_id = subject and l.active and l.occurred_at > since and l.recorded_at <= at
           order  by l.occurred_at desc, l.contact_id desc limit 20) n
    where  case when n.children <> '{}' then not n.children <@ n.told
                else n.told = '{}' and (n.children_present = 'yes' or spoken_of) end
    order  by n.occurred_at
  loop
    -- Contacts between two school days have the same one next.
    if due is null or untold.occurred_at >= due then
      due := next_school_day(untold.occurred_at);
    end if;
    exit when due > at;
    shown := shown || record_shown('contact', untold.contact_id, untold.occurred_at, jsonb_build_object('dueAt', instant(due)));
    latest := untold.contact_id;
  end loop;
  if shown <> '[]' or due > at then
    return next (subject, latest,
                 case when shown <> '[]' then 'There is a child in the household, and no school was told before the next school day began.' end,
                 evidence_of(shown), case when due > at then due end)::finding;
  end if;
end $$;
comment on function detect_child_not_notified(uuid, timestamptz, jsonb) is 'Looks at a case.';
select define_detector('child_not_notified', 1, 'warning', 'specialist', 'case', 3,
  '{"days": 14, "answers_days": 365, "topics": ["dependants_at_home", "children_hurt", "children_threatened"], "adult_age": 18,
    "reached": ["acknowledged", "message_left", "other"]}',
  'A child in the household, and no school told before the next school day began.',
  'Tell the school now, and record whom you told.');
