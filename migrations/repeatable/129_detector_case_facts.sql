-- What detectors of cases are given, and what they ask besides, as of a moment: assessments that stand, contacts, referrals that count.

create or replace function case_facts_at(subjects subject_at[])
returns table (facts case_facts, at timestamptz) language plpgsql stable rows 5 as $$
begin
  return query
  select (c.case_id, c.victim_id, c.perpetrator_id, o.of_pair, o.of_victim,
          case when r.has_reviews then agreed_grade_at(c.case_id, k.at) else a.agreed[1] end,
          a.highest,
          array(select s from standing_assessments(o.of_pair, '-infinity', k.at, 100) s),
          array(select (l.contact_id, l.case_id, l.occurred_at, m.children_present, m.weapons, m.injuries, m.order_in_force,
                        m.crime_reference is not null)::linked_contact
                from   contact_case l join contact m on m.force_id = current_force() and m.contact_id = l.contact_id
                where  l.force_id = current_force() and l.case_id = any (o.of_pair) and l.active and l.recorded_at <= k.at
                order  by l.occurred_at desc, l.contact_id desc limit 100),
          exists (select from referral r where r.force_id = current_force() and r.case_id = any (o.of_victim)),
          exists (select from protection_order p where p.force_id = current_force() and p.case_id = any (o.of_pair)),
          r.has_reviews)::case_facts,
         k.at
  from   unnest(subjects) k
  join   case_file c on c.force_id = current_force() and c.case_id = k.id
  cross  join lateral (select array_agg(v.case_id) filter (where v.case_id = c.case_id or v.perpetrator_id = c.perpetrator_id) as of_pair,
                              array_agg(v.case_id) as of_victim
                       from   case_file v where v.force_id = current_force() and v.victim_id = c.victim_id) o
  cross  join lateral (select max(grade_level(s.assessor_grade)) as highest,
                              array_agg(s.agreed_grade order by s.recorded_at desc)
                                filter (where s.case_id = c.case_id and s.recorded_at <= k.at and s.agreed_grade is not null) as agreed
                       from   assessment s where s.force_id = current_force() and s.case_id = any (o.of_pair)) a
  cross  join lateral (select exists (select from review w where w.force_id = current_force() and w.case_id = any (o.of_pair)) as has_reviews
                       offset 0) r
  where  k.kind = 'case';
end $$;
comment on function case_facts_at(subject_at[]) is 'Cases, each as it was known at its moment.';

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

grant execute on function case_facts_at(subject_at[]), assessments_in(assessment_facts[], uuid, timestamptz, int),
  contacts_in(linked_contact[], uuid, timestamptz, int), referrals_made(uuid[], jsonb, timestamptz) to secondlook_app, secondlook_detector;
