-- What detectors of contacts are given, and what they ask besides, as of a moment.

-- A grade that was changed later is what the contact's row says now, but not what it was: the first change tells that.
create or replace function grade_known(of_contact contact, at timestamptz, out grade text, out target_at timestamptz)
language plpgsql stable as $$
declare
  change response_grade_change;
begin
  select * into change from response_grade_change g
  where  g.force_id = of_contact.force_id and g.contact_id = of_contact.contact_id and g.occurred_at <= at and g.recorded_at <= at
  order  by g.occurred_at desc, g.change_id desc limit 1;
  if found then
    grade := change.to_grade;
    target_at := change.target_at;
    return;
  end if;
  select * into change from response_grade_change g
  where  g.force_id = of_contact.force_id and g.contact_id = of_contact.contact_id
  order  by g.occurred_at, g.change_id limit 1;
  if found then
    grade := change.from_grade;
    target_at := response_target(grade, of_contact.occurred_at);
  else
    grade := of_contact.response_grade;
    target_at := of_contact.target_at;
  end if;
end $$;
comment on function grade_known(contact, timestamptz) is 'Response grade and target of a contact as they stood and were known at a moment.';

create or replace function contact_facts_at(subjects subject_at[])
returns table (facts contact_facts, at timestamptz) language plpgsql stable rows 5 as $$
begin
  return query
  select (c.contact_id, c,
          case when g.is_regraded then (grade_known(c, k.at)).grade else c.response_grade end,
          case when g.is_regraded then (grade_known(c, k.at)).target_at else c.target_at end,
          array(select l.case_id from contact_case l
                where  l.force_id = current_force() and l.contact_id = c.contact_id and l.active and l.recorded_at <= k.at),
          array(select p.person_id from contact_person p
                where  p.force_id = current_force() and p.contact_id = c.contact_id and p.role in ('victim', 'caller') and p.recorded_at <= k.at),
          array(select p.person_id from contact_person p
                where  p.force_id = current_force() and p.contact_id = c.contact_id and p.role = 'suspect' and p.recorded_at <= k.at),
          (select t.occurred_at from attendance t where t.force_id = current_force() and t.contact_id = c.contact_id and t.recorded_at <= k.at
           order  by t.occurred_at limit 1),
          (select o.occurred_at from closure o where o.force_id = current_force() and o.contact_id = c.contact_id and o.recorded_at <= k.at
           order  by o.occurred_at limit 1),
          g.is_regraded,
          exists (select from video_response v where v.force_id = current_force() and v.contact_id = c.contact_id))::contact_facts,
         k.at
  from   unnest(subjects) k
  join   contact c on c.force_id = current_force() and c.contact_id = k.id and c.recorded_at <= k.at
  cross  join lateral (select exists (select from response_grade_change g where g.force_id = current_force() and g.contact_id = c.contact_id) as is_regraded
                       offset 0) g
  where  k.kind = 'contact';
end $$;
comment on function contact_facts_at(subject_at[]) is 'Contacts, each as it was known at its moment; those that were not known yet are left out.';

create or replace function seen_by_video_at(subject contact_facts, at timestamptz) returns timestamptz language plpgsql stable as $$
begin
  if not subject.has_video then
    return null;
  end if;
  return (select min(t.occurred_at)
          from   video_response v
          join   video_response_transition t on t.force_id = current_force() and t.response_id = v.response_id and t.to_status = 'ended'
          where  v.force_id = current_force() and v.contact_id = subject.contact_id and t.recorded_at <= at);
end $$;
comment on function seen_by_video_at(contact_facts, timestamptz) is 'When a response by video first ended, as known then; null: none has.';

create or replace function findings_of_contact(subject contact_facts, sentence text, evidence jsonb, look_again timestamptz default null) returns finding[]
language plpgsql stable as $$
begin
  return array(select (c.id, subject.contact_id, sentence, evidence, look_again)::finding
               from   unnest(case when subject.cases = '{}' then array[null::uuid] else subject.cases end) c (id));
end $$;
comment on function findings_of_contact(contact_facts, text, jsonb, timestamptz) is
  'One finding for each case of a contact; without a case the contact itself carries it.';

grant execute on function grade_known(contact, timestamptz), contact_facts_at(subject_at[]), seen_by_video_at(contact_facts, timestamptz),
  findings_of_contact(contact_facts, text, jsonb, timestamptz) to secondlook_app, secondlook_detector;
