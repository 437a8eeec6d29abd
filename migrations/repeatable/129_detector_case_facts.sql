-- What detectors of cases are given, and what they ask besides, as of a moment: assessments that stand, contacts, referrals that count.

create or replace function case_facts_at(id uuid, at timestamptz) returns case_facts language plpgsql stable as $$
declare
  facts case_facts;
begin
  select c.case_id, c.victim_id, c.perpetrator_id,
         array_agg(o.case_id) filter (where o.case_id = c.case_id or o.perpetrator_id = c.perpetrator_id), array_agg(o.case_id)
  into   facts
  from   case_file c join case_file o on o.force_id = current_force() and o.victim_id = c.victim_id
  where  c.force_id = current_force() and c.case_id = id group by c.case_id, c.victim_id, c.perpetrator_id;
  if not found then
    return null;
  end if;
  facts.assessments := standing_assessments(facts.cases, '-infinity', at, 100);
  select array(select (l.contact_id, l.case_id, l.occurred_at, c.children_present, c.weapons, c.injuries, c.order_in_force,
                       c.crime_reference is not null)::linked_contact
               from   contact_case l join contact c on c.force_id = current_force() and c.contact_id = l.contact_id
               where  l.force_id = current_force() and l.case_id = any (facts.cases) and l.active and l.recorded_at <= at
               order  by l.occurred_at desc, l.contact_id desc limit 100),
         exists (select from referral r where r.force_id = current_force() and r.case_id = any (facts.victim_cases)),
         exists (select from protection_order o where o.force_id = current_force() and o.case_id = any (facts.cases)),
         exists (select from review r where r.force_id = current_force() and r.case_id = any (facts.cases)),
         a.highest, a.agreed[1]
  into   facts.contacts, facts.has_referrals, facts.has_orders, facts.has_reviews, facts.highest_level, facts.agreed_grade
  from  (select max(grade_level(k.assessor_grade)) as highest,
                array_agg(k.agreed_grade order by k.recorded_at desc)
                  filter (where k.case_id = id and k.recorded_at <= at and k.agreed_grade is not null) as agreed
         from   assessment k where k.force_id = current_force() and k.case_id = any (facts.cases)) a;
  if facts.has_reviews then
    facts.agreed_grade := agreed_grade_at(id, at);
  end if;
  return facts;
end $$;
comment on function case_facts_at(uuid, timestamptz) is 'A case as it was known at a moment; null: there is none.';

create or replace function assessments_in(known assessment_facts[], of_case uuid, since timestamptz, most int) returns assessment_facts[]
language plpgsql immutable as $$
declare
  assessed assessment_facts;
  chosen   assessment_facts[] := '{}';
begin
  foreach assessed in array known loop
    exit when assessed.occurred_at <= since or cardinality(chosen) = most;
    if of_case is null or assessed.case_id = of_case then
      chosen := chosen || assessed;
    end if;
  end loop;
  return chosen;
end $$;
comment on function assessments_in(assessment_facts[], uuid, timestamptz, int) is
  'Of known assessments those after a moment, of one case (null: of all), the newest first.';

create or replace function contacts_in(known linked_contact[], of_case uuid, since timestamptz, most int) returns linked_contact[]
language plpgsql immutable as $$
declare
  received linked_contact;
  earlier  uuid;
  chosen   linked_contact[] := '{}';
begin
  foreach received in array known loop
    exit when received.occurred_at <= since or cardinality(chosen) = most;
    if (of_case is null or received.case_id = of_case) and received.contact_id is distinct from earlier then
      chosen := chosen || received;
      earlier := received.contact_id;
    end if;
  end loop;
  return chosen;
end $$;
comment on function contacts_in(linked_contact[], uuid, timestamptz, int) is
  'Of known contacts those after a moment, of one case (null: of all), each once, the newest first.';

-- A draft is no referral, nor is one that came back or was withdrawn: nobody at the service has it. One that was declined,
-- or whose outcome is known, was one until then.
create or replace function referrals_made(cases uuid[], kinds jsonb, at timestamptz)
returns table (referral_id uuid, sent_at timestamptz, ended_at timestamptz) language plpgsql stable rows 2 as $$
#variable_conflict use_column
begin
  return query
  select r.referral_id, s.occurred_at,
         coalesce(min(t.occurred_at) filter (where t.to_status in ('declined', 'outcome_recorded')), 'infinity')
  from   referral r
  join   service k on k.force_id = current_force() and k.service_id = r.service_id and kinds ? k.kind
  cross  join lateral (select m.number, m.occurred_at from referral_transition m
                       where  m.force_id = current_force() and m.referral_id = r.referral_id and m.to_status = 'sent' and m.recorded_at <= at
                       order  by m.number desc limit 1) s
  left   join referral_transition t on t.force_id = current_force() and t.referral_id = r.referral_id and t.number > s.number and t.recorded_at <= at
  where  r.force_id = current_force() and r.case_id = any (cases) and r.recorded_at <= at
  group  by r.referral_id, s.occurred_at
  having coalesce(bool_and(t.to_status not in ('returned', 'withdrawn')), true);
end $$;
comment on function referrals_made(uuid[], jsonb, timestamptz) is
  'Referrals of cases to kinds of services: when each was last sent, and when it was declined or had its outcome; infinity while neither.';

grant execute on function case_facts_at(uuid, timestamptz), assessments_in(assessment_facts[], uuid, timestamptz, int),
  contacts_in(linked_contact[], uuid, timestamptz, int), referrals_made(uuid[], jsonb, timestamptz) to secondlook_app, secondlook_detector;
