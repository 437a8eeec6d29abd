-- serial_suspect: the suspect of two victims or more, and nobody considered telling this one of it.
-- Source: Home Office, Domestic Violence Disclosure Scheme, statutory guidance (2023), the right to know. A disclosure that this victim asked for
-- herself counts as considered; one that was considered for an earlier victim does not.
-- Settings: victims.
create or replace function detect_serial_suspect(subject case_facts, at timestamptz, limits jsonb) returns finding[]
language plpgsql stable strict as $$
declare
  enough  int := limits ->> 'victims';
  victims int;
  records jsonb;
begin
  if subject.perpetrator_id is null
     or enough > 1 and not exists (select from case_file o where o.force_id = current_force() and o.perpetrator_id = subject.perpetrator_id
                                   and o.victim_id <> subject.victim_id) then
    return null;
  end if;
  select count(distinct c.victim_id), jsonb_agg(record_shown('case', c.case_id, c.occurred_at) order by c.occurred_at)
  into   victims, records
  from  (select o.case_id, o.victim_id, o.occurred_at from case_file o
         where  o.force_id = current_force() and o.perpetrator_id = subject.perpetrator_id and o.recorded_at <= at
         order  by o.case_id = subject.case_id desc, o.case_id desc limit 20) c;
  if victims < enough then
    return null;
  end if;
  if exists (select from disclosure d where d.force_id = current_force() and d.person_id = subject.perpetrator_id and d.recorded_at <= at
             and (d.recipient_id = subject.victim_id or d.case_id = any (subject.cases))) then
    return null;
  end if;
  return array[(subject.case_id, null, format('The suspect of %s victims, and no disclosure to this one was considered.', victims),
                evidence_of(records, jsonb_build_object('victims', victims)), null)::finding];
end $$;
comment on function detect_serial_suspect(case_facts, timestamptz, jsonb) is 'Looks at a case.';
select define_detector('serial_suspect', 1, 'warning', 'specialist', 'case', 3, '{"victims": 2}',
  'The suspect of two victims or more, and no disclosure under the right to know considered for this one.',
  'Consider a disclosure under the right to know, and record it.');
