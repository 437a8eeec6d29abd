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

create or replace function contact_facts_at(id uuid, at timestamptz) returns contact_facts language plpgsql stable as $$
declare
  facts contact_facts;
begin
  select c.contact_id, c, c.response_grade, c.target_at,
         array(select l.case_id from contact_case l
               where  l.force_id = current_force() and l.contact_id = id and l.active and l.recorded_at <= at),
         array(select p.person_id from contact_person p
               where  p.force_id = current_force() and p.contact_id = id and p.role in ('victim', 'caller') and p.recorded_at <= at),
         array(select p.person_id from contact_person p
               where  p.force_id = current_force() and p.contact_id = id and p.role = 'suspect' and p.recorded_at <= at),
         (select t.occurred_at from attendance t where t.force_id = current_force() and t.contact_id = id and t.recorded_at <= at
          order  by t.occurred_at limit 1),
         (select k.occurred_at from closure k where k.force_id = current_force() and k.contact_id = id and k.recorded_at <= at
          order  by k.occurred_at limit 1),
         exists (select from response_grade_change g where g.force_id = current_force() and g.contact_id = id),
         exists (select from video_response v where v.force_id = current_force() and v.contact_id = id)
  into   facts
  from   contact c where c.force_id = current_force() and c.contact_id = id and c.recorded_at <= at;
  if facts.is_regraded then
    select g.grade, g.target_at into facts.response_grade, facts.target_at from grade_known(facts.received, at) g;
  end if;
  return facts;
end $$;
comment on function contact_facts_at(uuid, timestamptz) is 'A contact as it was known at a moment; null: it was not known yet.';

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

grant execute on function grade_known(contact, timestamptz), contact_facts_at(uuid, timestamptz), seen_by_video_at(contact_facts, timestamptz),
  findings_of_contact(contact_facts, text, jsonb, timestamptz) to secondlook_app, secondlook_detector;
