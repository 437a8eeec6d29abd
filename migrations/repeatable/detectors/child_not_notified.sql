-- child_not_notified: a child is in the household, and when the next school day begins no school was told of the contact.
-- Source: Victims and Prisoners Act 2024 and its statutory guidance, Operation Encompass. Of children who are named each must have been told of;
-- where none is named but a caller or an answer speaks of children, one notification is enough. One that reached nobody is none.
-- Settings: days (how far back a contact counts), topics (answers that speak of children), answers_days (how far back those count), adult_age,
-- reached (outcomes that count).
create or replace function detect_child_not_notified(subject case_facts, at timestamptz, limits jsonb) returns finding[]
language plpgsql stable strict as $$
declare
  since     timestamptz := at - make_interval(days => (limits ->> 'days')::int);
  contacts  linked_contact[] := contacts_in(subject.contacts, subject.case_id, since, 20);
  spoken_of boolean := false;
  assessed  assessment_facts;
  received  linked_contact;
  ids       uuid[] := '{}';
  said      boolean := false;
  adult     date := (at - make_interval(years => (limits ->> 'adult_age')::int))::date;
  untold    record;
  due       timestamptz;
  latest    uuid;
  shown     jsonb := '[]';
begin
  if contacts = '{}' then
    return null;
  end if;
  foreach assessed in array assessments_in(subject.assessments, subject.case_id, at - make_interval(days => (limits ->> 'answers_days')::int), 10) loop
    spoken_of := spoken_of or limits -> 'topics' ?| assessed.yes_topics;
  end loop;
  foreach received in array contacts loop
    said := said or received.children_present = 'yes';
    ids := ids || received.contact_id;
  end loop;
  if not (said or spoken_of
          or exists (select from case_person p where p.force_id = current_force() and p.case_id = subject.case_id and p.role = 'child')
          or exists (select from contact_person m where m.force_id = current_force() and m.contact_id = any (ids) and m.role = 'child')) then
    return null;
  end if;
  for untold in
    select n.contact_id, n.occurred_at
    from  (select c.contact_id, c.occurred_at, c.children_present,
                  array(select k.id from unnest(h.children || array(
                          select m.person_id from contact_person m where m.force_id = current_force() and m.contact_id = c.contact_id
                          and    m.role = 'child' and m.recorded_at <= at)) as k (id)
                        where coalesce((select p.date_of_birth from person p where p.force_id = current_force() and p.person_id = k.id) > adult, true)) as children
           from   unnest(contacts) c,
                 (select array(select p.person_id from case_person p where p.force_id = current_force() and p.case_id = subject.case_id
                               and p.role = 'child' and p.active and p.recorded_at <= at limit 20) as children) h
           offset 0) n
    cross  join lateral (select array(
             select s.child_id from school_notification s
             where  s.force_id = current_force() and s.contact_id = n.contact_id and s.recorded_at <= at and limits -> 'reached' ? s.outcome
             union all
             select s.child_id from school_notification s
             where  s.force_id = current_force() and s.case_id = subject.case_id and s.contact_id is null and s.occurred_at >= n.occurred_at
             and    s.recorded_at <= at and limits -> 'reached' ? s.outcome) as told) t
    where  case when n.children <> '{}' then not n.children <@ t.told
                else (n.children_present = 'yes' or spoken_of) and t.told = '{}' end
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
  if due is null then
    return null;
  end if;
  return array[(subject.case_id, latest,
                case when shown <> '[]' then 'There is a child in the household, and no school was told before the next school day began.' end,
                evidence_of(shown), case when due > at then due end)::finding];
end $$;
comment on function detect_child_not_notified(case_facts, timestamptz, jsonb) is 'Looks at a case.';
select define_detector('child_not_notified', 1, 'warning', 'specialist', 'case', 3,
  '{"days": 14, "answers_days": 365, "topics": ["dependants_at_home", "children_hurt", "children_threatened"], "adult_age": 18,
    "reached": ["acknowledged", "message_left", "other"]}',
  'A child in the household, and no school told before the next school day began.',
  'Tell the school now, and record whom you told.');
