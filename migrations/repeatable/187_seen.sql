-- Who has seen which version of what: spread from the lines of looks, off the request's path, and told to auditors alone.

alter table seen enable row level security;
alter table seen force row level security;

-- A pass takes the next positions, looks and changes alike, so that its work is bounded. What it wrote and how far it came are one transaction:
-- after a crash it goes on from there. A line is asked for as a range in its order, which the primary key alone has (see feed_lines).
create or replace function spread_seen(most int default 100)
returns table ("position" bigint, behind bigint, lag_us bigint)
language plpgsql security definer set search_path = public, pg_temp set enable_seqscan = off as $$
#variable_conflict use_column
declare
  start bigint := (select h.position from seen_horizon h for update);
  given bigint := (select h.position from ledger_horizon h);
  upto  bigint := least(start + most, given);
begin
  if upto > start then
    insert into seen (force_id, record_id, relation, version, line_id)
    select l.force_id, split_part(t.token, ':', 2)::uuid, split_part(t.token, ':', 1), split_part(t.token, ':', 3)::int, l.line_id
    from   ledger_order o
    cross  join lateral (select c.force_id, c.line_id, c.seen from ledger_line c
                         where  c.force_id = o.force_id and c.line_id >= o.line_id and c.line_id <= o.line_id
                         order  by c.line_id limit 1) l
    cross  join lateral string_to_table(l.seen, ' ') as t (token)
    where  o.position > start and o.position <= upto and not o.changes
    and    t.token ~ '^[a-z_]{1,60}:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}:[0-9]{1,9}$'
    on     conflict do nothing;
    update seen_horizon set position = upto, spread_at = clock_timestamp();
  end if;
  return query
    select upto, given - upto, coalesce((
      select (extract(epoch from clock_timestamp() - l.recorded_at) * 1000000)::bigint
      from   ledger_order o cross join lateral (
             select c.recorded_at from ledger_line c
             where  c.force_id = o.force_id and c.line_id >= o.line_id and c.line_id <= o.line_id
             order  by c.line_id limit 1) l
      where  o.position = upto + 1 and given > upto), 0);
end $$;
comment on function spread_seen(int) is 'Spreads the looks of the next positions; how far it has come, how many positions wait, and since when the first of them does.';

create or replace function is_audit() returns boolean language sql stable parallel safe as
  $$ select 'auditor' = any (current_staff_roles()) and coalesce(current_setting('secondlook.purpose', true), '') <> '' $$;
comment on function is_audit() is 'Whether an auditor asks, who said for which purpose.';

-- What the auditor's function reads, all of it in the one force, past what is hidden from staff: who looked at a restricted case is
-- what an audit is for. Of the ledger it reads looks only where the reader is an auditor who said why.
do $$
declare
  readable text;
begin
  foreach readable in array '{seen,ledger_line,case_file,case_person,case_restriction,contact_case,contact,response_grade_change,attendance,closure,
      history_check,video_response,video_response_transition,alert,alert_decision,advice,advice_transition,annotation,annotation_acknowledgement,
      decision_check,missed_opportunity,missed_opportunity_transition,school_notification,review_item}'::text[] loop
    execute format('drop policy if exists audited on %I', readable);
    execute format('create policy audited on %I for select to secondlook_auditor using (force_id = (select current_force()) and (select is_audit()))', readable);
    execute format('grant select on %I to secondlook_auditor', readable);
  end loop;
end $$;

create or replace function audited_case(of_case uuid) returns uuid language plpgsql stable as $$
begin
  if coalesce(current_setting('secondlook.purpose', true), '') = '' then
    perform refuse('SL422', 'purpose_required');
  end if;
  perform from case_file c
  where  c.force_id = current_force() and c.case_id = of_case and not exists (
         select from case_restriction r where r.force_id = c.force_id and r.case_id = c.case_id and r.restricted and current_actor() = any (r.blocked));
  if not found then
    perform refuse('SL404', 'not_found');
  end if;
  return of_case;
end $$;
comment on function audited_case(uuid) is 'The case, when an auditor who said why may ask who has seen it; SL422 without a purpose, SL404 to somebody whom it blocks.';

create or replace function case_records(of_case uuid) returns table (relation text, record_id uuid) language sql stable rows 200 as $$
  select l.relation, l.record_id from ledger_line l
  where  l.force_id = current_force() and l.case_id = of_case and l.image is not null and l.line_id >= first_line(of_case)
  union
  select f.relation, f.record_id from contact_case c cross join lateral facts_of_contact(c.contact_id) f
  where  c.force_id = current_force() and c.case_id = of_case and not contact_is_blocked(c.contact_id)
  union
  select 'person', p.id
  from   case_file c cross join lateral (
         select c.victim_id union all select c.perpetrator_id union all
         select n.person_id from case_person n where n.force_id = c.force_id and n.case_id = c.case_id) p (id)
  where  c.force_id = current_force() and c.case_id = of_case and p.id is not null
$$;
comment on function case_records(uuid) is 'Every record of a case: those that name it, what is recorded of the contacts that ever concerned it, and whom it names.';

create or replace function case_seen_by(of_case uuid, from_line uuid)
returns table (kind text, record_id uuid, version int, seen_at timestamptz, actor text, client text, operation text, purpose text, line_id uuid)
language plpgsql stable security definer set search_path = public, pg_temp rows 1000 as $$
#variable_conflict use_column
begin
  perform audited_case(of_case);
  return query
    select s.relation, s.record_id, s.version, l.recorded_at, l.actor, l.client, l.operation, l.purpose, s.line_id
    from   case_records(of_case) r
    join   seen s on s.force_id = current_force() and s.record_id = r.record_id and s.relation = r.relation
                     and s.line_id >= coalesce(from_line, '00000000-0000-0000-0000-000000000000')
    cross  join lateral (select c.* from ledger_line c
                         where  c.force_id = s.force_id and c.line_id >= s.line_id and c.line_id <= s.line_id order by c.line_id limit 1) l
    where  l.recorded_at <= known_by();
end $$;
comment on function case_seen_by(uuid, uuid) is
  'Who had seen which version of which record of a case by the moment looked at, from a line on; in real time. For auditors who said why.';

grant execute on function spread_seen(int) to secondlook_sequencer;
grant execute on function current_force(), current_actor(), current_staff_roles(), is_audit(), audited_case(uuid), case_records(uuid), contact_is_blocked(uuid), facts_of_contact(uuid), said_of_contact(uuid),
  first_line(uuid), known_by(), refuse(text, text, jsonb) to secondlook_auditor;
alter function case_seen_by(uuid, uuid) owner to secondlook_auditor;
grant execute on function case_seen_by(uuid, uuid) to secondlook_app;
