-- What people decide: about alerts, about missed opportunities, about what a handler decided, about who the primary aggressor
-- is; and restricted cases, hidden wherever they might show, open in an emergency.

insert into setting_definition values
('break_glass_minutes', '60', 'How long a restricted case is open to someone who opened it in an emergency.')
on conflict (name) do update set default_value = excluded.default_value, description = excluded.description
where (setting_definition.default_value, setting_definition.description) is distinct from (excluded.default_value, excluded.description);

-- What else tells of a hidden case. Everyone else may be warned by an alert that rests on a restricted case and another one;
-- to somebody who is blocked it would tell that there is something.

create or replace function contact_is_blocked(id uuid) returns boolean
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
  return exists (select from contact_case l where l.force_id = current_force() and l.contact_id = id and l.active
                 and case_is_blocked(l.case_id));
end $$;
comment on function contact_is_blocked(uuid) is 'Whether a contact concerns a case that blocks who acts now.';

create or replace function evidence_is_blocked(evidence jsonb) returns boolean
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
  return exists (
    select from jsonb_array_elements(evidence -> 'records') as r (item),
                annotation_subject(r.item ->> 'kind', (r.item ->> 'id')::uuid) s
    where  case_is_blocked(s.case_id) or contact_is_blocked(s.contact_id));
end $$;
comment on function evidence_is_blocked(jsonb) is 'Whether a record that made an alert fire is of a case that blocks who acts now.';

create or replace function alert_is_hidden(case_id uuid, contact_id uuid, evidence jsonb) returns boolean language sql stable as $$
  select record_is_hidden(case_id, contact_id)
         or (coalesce(current_setting('secondlook.blocked', true), '') <> '' and evidence_is_blocked(evidence))
$$;
comment on function alert_is_hidden(uuid, uuid, jsonb) is 'Whether an alert tells of a case that this transaction may not see.';

-- What is made of an alert repeats its finding, and is hidden as it is.
create or replace function alert_is_blocked(id uuid) returns boolean
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
  return id is not null and coalesce(current_setting('secondlook.blocked', true), '') <> ''
         and exists (select from alert a where a.force_id = current_force() and a.alert_id = id and evidence_is_blocked(a.evidence));
end $$;
comment on function alert_is_blocked(uuid) is 'Whether an alert rests on a record of a case that blocks who acts now.';

create or replace function opportunity_is_blocked(id uuid) returns boolean
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
  return coalesce(current_setting('secondlook.blocked', true), '') <> ''
         and exists (select from missed_opportunity o
                     where  o.force_id = current_force() and o.opportunity_id = id and alert_is_blocked(o.alert_id));
end $$;
comment on function opportunity_is_blocked(uuid) is 'Whether a missed opportunity was made of an alert that rests on a case that blocks who acts now.';

-- Runs as who asks: what the policies hide from them is not among the records.
create or replace function evidence_shown(evidence jsonb) returns jsonb language plpgsql stable as $$
begin
  if hidden_cases() = '{}' or not evidence ? 'records' then
    return evidence;
  end if;
  return evidence || jsonb_build_object('records', (
    select coalesce(jsonb_agg(r.item order by r.n), '[]')
    from   jsonb_array_elements(evidence -> 'records') with ordinality as r (item, n)
    where  exists (select from annotation_subject(r.item ->> 'kind', (r.item ->> 'id')::uuid))));
end $$;
comment on function evidence_shown(jsonb) is 'An alert''s evidence without the records that are not for who asks.';

create or replace function line_is_hidden(relation text, record_id uuid, case_id uuid, image jsonb) returns boolean
language plpgsql stable as $$
declare
  of_contact uuid := image ->> 'contact_id';
begin
  return case relation
    when 'person' then person_is_hidden(record_id)
    when 'contact_person' then contact_is_hidden(of_contact) or person_is_hidden((image ->> 'person_id')::uuid)
    when 'disclosure' then disclosure_is_hidden(case_id, (image ->> 'person_id')::uuid, (image ->> 'recipient_id')::uuid)
    when 'disclosure_transition' then disclosure_is_hidden(case_id, (image ->> 'person_id')::uuid, null)
    when 'erasure' then erasure_is_hidden(image ->> 'subject_kind', (image ->> 'subject_id')::uuid)
    when 'alert' then alert_is_hidden(case_id, of_contact, image -> 'evidence')
    when 'alert_decision' then record_is_hidden(case_id, of_contact) or alert_is_blocked((image ->> 'alert_id')::uuid)
    when 'missed_opportunity' then record_is_hidden(case_id, of_contact) or alert_is_blocked((image ->> 'alert_id')::uuid)
    when 'missed_opportunity_transition' then record_is_hidden(case_id, of_contact) or opportunity_is_blocked((image ->> 'opportunity_id')::uuid)
    else of_contact is not null and contact_is_hidden(of_contact) end;
end $$;
comment on function line_is_hidden(text, uuid, uuid, jsonb) is
  'Whether a line of change is about a person or a contact of whom all is hidden; of its case the policy asks by itself.';

drop function if exists line_is_hidden(text, uuid, jsonb); -- which a policy used to call
drop policy if exists changes_hidden on ledger_line;
create policy changes_hidden on ledger_line as restrictive for select to secondlook_app
  using ((select hidden_cases() = '{}') or not line_is_hidden(relation, record_id, case_id, image));

-- Break-glass. Past the policies, since it is asked by those from whom the case is hidden; to somebody who is blocked there is
-- no such case. Of two requests of one person at once the first opens it, the second is told so.
create or replace function break_glass(of_case uuid, id uuid, why text, for_contact uuid) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  here   text := current_force();
  me     text := current_actor();
  until  timestamptz := domain_now() + make_interval(mins => (setting_values('{break_glass_minutes}') ->> 'break_glass_minutes')::int);
  r      case_restriction;
  opened case_break_glass;
begin
  perform pg_advisory_xact_lock(hashtextextended(concat_ws(' ', 'break-glass', here, of_case, me), 0));
  select * into r from case_restriction t where t.force_id = here and t.case_id = of_case and t.restricted;
  if me = any (r.blocked) or not exists (select from case_file c where c.force_id = here and c.case_id = of_case) then
    perform refuse('SL404', 'not_found');
  end if;
  select * into opened from case_break_glass g
  where  g.force_id = here and g.recorded_by = me and g.expires_at > domain_now() and g.case_id = of_case
  order  by g.expires_at desc limit 1;
  if opened.break_glass_id is not null or not case_is_hidden(of_case) then
    perform refuse('SL409', 'not_possible', jsonb_strip_nulls(jsonb_build_object(
      'detail', 'The case is open to you already.', 'breakGlassId', opened.break_glass_id, 'expiresAt', instant(opened.expires_at))));
  end if;

  -- The call that it is opened for may be hidden because of this very case.
  perform hide_cases(array_remove(hidden_cases(), of_case)),
          known_contact(for_contact, '/contactId');
  if contact_is_hidden(for_contact) then
    perform refuse_faults(jsonb_build_array(fault_at('/contactId', 'unknown_reference', 'No such contact.')));
  end if;
  perform set_context('purpose', why);
  insert into case_break_glass (force_id, break_glass_id, case_id, contact_id, reason, expires_at, supervisor)
  values (here, id, of_case, for_contact, why, until, supervisor_outside(r));
  insert into alert (force_id, alert_id, detector, severity, audience, addressed_to, case_id, contact_id, finding, evidence)
  values (here, part_id(id, 1), 'break_glass', 'critical', 'supervisor', supervisor_outside(r), of_case, for_contact,
          'Someone opened a restricted case in an emergency.',
          jsonb_build_object('actor', me, 'reason', why, 'expiresAt', instant(until),
                             'records', jsonb_build_array(jsonb_build_object('kind', 'case_break_glass', 'id', id, 'at', instant(domain_now())))));
end $$;
comment on function break_glass(uuid, uuid, text, uuid) is
  'Opens a restricted case to who acts now, for a while, and tells a supervisor outside the conflict; SL404 to the blocked, SL409 where it is open to them, SL422 when there is no such contact.';

-- Alerts.

create or replace function seen_alert(id uuid) returns uuid language plpgsql stable as $$
begin
  if not alert_is_readable(id) then
    perform refuse('SL404', 'not_found');
  end if;
  return id;
end $$;
comment on function seen_alert(uuid) is 'The alert, when it may be seen and is theirs, else SL404.';

create or replace function refuse_decided() returns trigger language plpgsql as $$
begin
  perform refuse('SL409', 'illegal_move', jsonb_build_object('from', old.status, 'to', new.status, 'legal', '[]'::jsonb,
                                                             'decidedBy', old.decided_by, 'decidedAt', instant(old.decided_at)));
  return new;
end $$;
comment on function refuse_decided() is 'An alert that has been decided stays so: SL409 with who decided.';
drop trigger if exists b_decided on alert;
create trigger b_decided before update of status on alert for each row when (old.status <> 'open') execute function refuse_decided();

drop view if exists alert_shown;
create view alert_shown with (security_invoker = true) as
select a.force_id, a.alert_id, a.detector, a.detector_version, a.severity, a.audience, a.addressed_to, a.case_id, a.contact_id, a.finding,
       evidence_shown(a.evidence) as evidence, a.status, a.decided_at, a.decided_by, a.reason, d.rule, d.action, a.occurred_at,
       a.recorded_at, a.version
from   alert a left join detector d on d.detector_id = a.detector;
comment on view alert_shown is 'Alerts as they are answered.';
grant select on alert_shown to secondlook_app;

-- What a decision's body leaves out, or asks for wrongly.
create or replace function check_alert_decision(id uuid, body jsonb) returns void language plpgsql as $$
declare
  faults jsonb := '[]';
begin
  if body ->> 'decision' = 'dismiss' and not body ? 'reason' then
    faults := faults || fault_at('/reason', 'required', 'A dismissal needs a reason.');
  end if;
  if body ->> 'decision' <> 'missed_opportunity' and body ? 'missedOpportunity' then
    faults := faults || fault_at('/missedOpportunity', 'not_allowed', 'Only the decision missed_opportunity takes it.');
  elsif body ? 'missedOpportunity' then
    faults := faults || assignment_faults(body -> 'missedOpportunity', '/missedOpportunity', false);
  end if;
  perform refuse_faults(faults);
end $$;
comment on function check_alert_decision(uuid, jsonb) is 'SL422 with everything that is wrong with a decision on an alert.';

create or replace function confirm_as_missed(decision alert_decision, asked jsonb) returns void language plpgsql as $$
declare
  a alert;
  d detector;
begin
  select * into a from alert t where t.force_id = decision.force_id and t.alert_id = decision.alert_id;
  select * into d from detector t where t.detector_id = a.detector;
  perform confirm_opportunity(part_id(decision.decision_id, 1), coalesce(d.detector_id, 'other'), a.case_id, a.contact_id, a.alert_id, null,
                              coalesce(asked ->> 'happened', a.finding), coalesce(asked ->> 'shouldHave', d.action, 'Not said.'),
                              coalesce((asked ->> 'occurredAt')::timestamptz, a.occurred_at), decision.reason, asked);
end $$;
comment on function confirm_as_missed(alert_decision, jsonb) is
  'An alert confirmed as a missed opportunity: what happened is its finding and what should have is its detector''s action, unless said otherwise.';

-- Missed opportunities.

select make_seen('seen_opportunity', 'missed_opportunity', 'opportunity_id');

-- Somebody who is blocked can't be given work on the case; to whoever asks they are not known here.
create or replace function assignment_faults(asked jsonb, pointer text, is_needed boolean) returns jsonb language plpgsql stable as $$
declare
  faults jsonb := '[]';
  member text;
begin
  if is_needed or asked ?| '{action,assignedTo,dueAt}' then
    foreach member in array '{action,assignedTo,dueAt}'::text[] loop
      if not asked ? member then
        faults := faults || fault_at(pointer || '/' || member, 'required', 'An action that is assigned says what, to whom and by when.');
      end if;
    end loop;
  end if;
  if asked ? 'assignedTo' and not exists (
       select from staff s where s.force_id = current_force() and s.reference = asked ->> 'assignedTo' and s.enabled) then
    faults := faults || fault_at(pointer || '/assignedTo', 'unknown_reference', 'Nobody here who may act now.');
  end if;
  if (asked ->> 'dueAt')::timestamptz <= domain_now() then
    faults := faults || fault_at(pointer || '/dueAt', 'in_the_past', 'By when it is to be done lies ahead.');
  end if;
  return faults;
end $$;
comment on function assignment_faults(jsonb, text, boolean) is 'What is wrong with the assignment of an action.';

create or replace function refuse_blocked_assignee() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if exists (select from case_restriction r
             where r.force_id = new.force_id and r.restricted and new.assigned_to = any (r.blocked)
             and  (r.case_id = new.case_id or r.case_id in (
                     select l.case_id from contact_case l
                     where  l.force_id = new.force_id and l.contact_id = new.contact_id and l.active))) then
    perform refuse_faults(jsonb_build_array(fault_at('/assignedTo', 'unknown_reference', 'Nobody here who may act now.')));
  end if;
  return new;
end $$;
comment on function refuse_blocked_assignee() is 'To somebody who is blocked from the case nothing about it is assigned.';
drop trigger if exists c_assignee on missed_opportunity;
create trigger c_assignee before insert or update of assigned_to on missed_opportunity for each row
  when (new.assigned_to is not null) execute function refuse_blocked_assignee();

create or replace function check_new_opportunity(body jsonb) returns void language plpgsql as $$
declare
  faults jsonb := future_faults((body ->> 'occurredAt')::timestamptz, '/occurredAt');
begin
  if not body ?| '{caseId,contactId}' then
    faults := faults || fault_at('', 'required', 'Say which case or which contact it is about.');
  end if;
  if body ->> 'kind' <> 'other' and not exists (select from detector d where d.detector_id = body ->> 'kind') then
    faults := faults || fault_at('/kind', 'unknown_reference', 'A detector''s name, or other.');
  end if;
  if body ? 'caseId' and (select true from case_file c where c.force_id = current_force() and c.case_id = (body ->> 'caseId')::uuid) is null then
    faults := faults || fault_at('/caseId', 'unknown_reference', 'No such case.');
  end if;
  if body ? 'contactId' and (select true from contact c where c.force_id = current_force() and c.contact_id = (body ->> 'contactId')::uuid) is null then
    faults := faults || fault_at('/contactId', 'unknown_reference', 'No such contact.');
  end if;
  perform refuse_faults(faults);
end $$;
comment on function check_new_opportunity(jsonb) is 'SL422 with everything that is wrong with a NewMissedOpportunity.';

create or replace function confirm_opportunity(id uuid, kind text, of_case uuid, of_contact uuid, of_alert uuid, of_check uuid, happened text,
                                               should_have text, missed_at timestamptz, why text, asked jsonb) returns void language plpgsql as $$
begin
  insert into missed_opportunity (force_id, opportunity_id, case_id, contact_id, alert_id, check_id, kind, happened, should_have, occurred_at)
  values (current_force(), id, coalesce(of_case, contact_only_case(of_contact)), of_contact, of_alert, of_check, kind, happened, should_have, missed_at);
  update missed_opportunity o set status = 'confirmed', reason = why, status_since = domain_now()
  where  o.force_id = current_force() and o.opportunity_id = id;
  if asked ? 'assignedTo' then
    update missed_opportunity o
    set    status = 'action_assigned', action = asked ->> 'action', assigned_to = asked ->> 'assignedTo',
           due_at = (asked ->> 'dueAt')::timestamptz
    where  o.force_id = current_force() and o.opportunity_id = id;
  end if;
end $$;
comment on function confirm_opportunity(uuid, text, uuid, uuid, uuid, uuid, text, text, timestamptz, text, jsonb) is
  'A missed opportunity that a person has judged already: confirmed at once, and assigned where the body says to whom.';

create or replace function check_opportunity_move(id uuid, body jsonb) returns void language plpgsql as $$
declare
  target text := body ->> 'to';
  faults jsonb := '[]';
  member text;
begin
  foreach member in array '{action,assignedTo,dueAt}'::text[] loop
    if target <> 'action_assigned' and body ? member then
      faults := faults || fault_at('/' || member, 'not_allowed', 'Only assigning an action takes it.');
    end if;
  end loop;
  if target = 'action_assigned' then
    faults := faults || assignment_faults(body, '', true);
  elsif target = 'remedied' and not body ? 'remedy' then
    faults := faults || fault_at('/remedy', 'required', 'Say what was done.');
  end if;
  if target <> 'remedied' and body ? 'remedy' then
    faults := faults || fault_at('/remedy', 'not_allowed', 'Only the move to remedied takes it.');
  end if;
  perform seen_opportunity(id);
  perform refuse_faults(faults || future_faults((body ->> 'occurredAt')::timestamptz, '/occurredAt'));
end $$;
comment on function check_opportunity_move(uuid, jsonb) is 'SL404 when there is no such missed opportunity; SL422 with everything that is wrong with a move''s body.';

create or replace function record_opportunity_move() returns trigger language plpgsql as $$
begin
  insert into missed_opportunity_transition (force_id, transition_id, opportunity_id, case_id, contact_id, number, from_status, to_status,
                                             reason, occurred_at)
  values (new.force_id, uuid_now(), new.opportunity_id, new.case_id, new.contact_id, new.version, old.status, new.status, new.reason,
          new.status_since);
  return null;
end $$;
comment on function record_opportunity_move() is 'Every move of a missed opportunity is a fact of its own.';
drop trigger if exists b_stays on missed_opportunity;
create trigger b_stays before update of status on missed_opportunity
  for each row when (old.status = new.status) execute function refuse_to_stay('missed_opportunity');
drop trigger if exists c_transition on missed_opportunity;
create trigger c_transition after update of status on missed_opportunity for each row execute function record_opportunity_move();

drop view if exists missed_opportunity_shown;
create view missed_opportunity_shown with (security_invoker = true) as
select o.force_id, o.opportunity_id, o.case_id, o.contact_id, o.alert_id, o.check_id, o.kind, o.status, o.happened, o.should_have, o.occurred_at,
       o.action, o.assigned_to, o.due_at, o.status = 'action_assigned' and o.due_at < domain_now() as overdue, o.remedy, o.reason,
       o.status_since, o.recorded_by, o.recorded_at, o.version
from   missed_opportunity o;
comment on view missed_opportunity_shown is 'Missed opportunities as they are answered.';
grant select on missed_opportunity_shown to secondlook_app;

-- Checks of handlers' decisions.

create or replace function decision_maker(kind text, id uuid, of_contact uuid) returns text language plpgsql stable as $$
declare
  here text := current_force();
begin
  return case kind
    when 'response_grade' then (select g.recorded_by from response_grade_change g where g.force_id = here and g.change_id = id and g.contact_id = of_contact)
    when 'deployment' then (select t.recorded_by from attendance t where t.force_id = here and t.attendance_id = id and t.contact_id = of_contact)
    when 'closure' then (select k.recorded_by from closure k where k.force_id = here and k.closure_id = id and k.contact_id = of_contact)
    when 'history_check' then (select h.checked_by from history_check h where h.force_id = here and h.check_id = id and h.contact_id = of_contact)
    when 'assessment_grade' then (
      select a.assessed_by from assessment a
      where  a.force_id = here and a.assessment_id = id
      and    (a.contact_id = of_contact or exists (select from contact_case l where l.force_id = here and l.contact_id = of_contact
                                                   and l.case_id = a.case_id and l.active))) end;
end $$;
comment on function decision_maker(text, uuid, uuid) is 'Who made a decision about a contact, by the record of it; null where there is no such record.';

-- Checks a NewDecisionCheck and completes it.
create or replace function decision_check_of(body jsonb) returns table (handler text, contact_handler text, case_id uuid) language plpgsql as $$
#variable_conflict use_column
declare
  of_contact uuid := body ->> 'contactId';
  agreed     boolean := body ->> 'agrees';
  received   contact;
  maker      text;
  faults     jsonb := future_faults((body ->> 'toldHandlerAt')::timestamptz, '/toldHandlerAt');
begin
  select * into received from contact c where c.force_id = current_force() and c.contact_id = of_contact;
  if not found then
    faults := faults || fault_at('/contactId', 'unknown_reference', 'No such contact.');
  end if;
  maker := coalesce(body ->> 'handler', received.recorded_by);
  if body ? 'decisionId' then
    maker := decision_maker(body ->> 'decision', (body ->> 'decisionId')::uuid, of_contact);
    if maker is null then
      faults := faults || fault_at('/decisionId', 'unknown_reference', 'No such decision about this contact.');
    elsif body ? 'handler' then
      faults := faults || fault_at('/handler', 'not_allowed', 'The record of the decision says who made it.');
    end if;
  elsif body ? 'handler' and not exists (select from staff s where s.force_id = current_force() and s.reference = maker) then
    faults := faults || fault_at('/handler', 'unknown_reference', 'No such member of staff.');
  end if;
  if not agreed and not body ? 'alternative' then
    faults := faults || fault_at('/alternative', 'required', 'Who disagrees says what should have been decided.');
  elsif agreed and body ? 'alternative' then
    faults := faults || fault_at('/alternative', 'not_allowed', 'Only a disagreement has one.');
  end if;
  if agreed and (body ->> 'missedOpportunity')::boolean then
    faults := faults || fault_at('/missedOpportunity', 'not_allowed', 'Only a disagreement can be one.');
  end if;
  perform refuse_faults(faults);
  if maker = current_actor() then
    perform refuse('SL403', 'own_work');
  end if;
  return query select maker, received.recorded_by, contact_only_case(of_contact);
end $$;
comment on function decision_check_of(jsonb) is
  'What a new decision check''s body leaves to the records; SL422 with all its faults, SL403 for one''s own decision.';

create or replace function refuse_told_twice() returns trigger language plpgsql as $$
begin
  perform refuse('SL409', 'not_possible', jsonb_build_object('detail', 'When the handler was told is recorded already.',
                                                             'toldHandlerAt', instant(old.told_handler_at)));
  return new;
end $$;
comment on function refuse_told_twice() is 'When a handler was told is said once.';
drop trigger if exists b_told on decision_check;
create trigger b_told before update of told_handler_at on decision_check
  for each row when (old.told_handler_at is not null) execute function refuse_told_twice();

-- A handler reads what was said about their own decisions and their own contacts, specialists and supervisors all.
drop policy if exists readers on decision_check;
create policy readers on decision_check as restrictive for select to secondlook_app
  using ((select current_staff_roles() && '{specialist,supervisor}') or handler = (select current_actor()) or contact_handler = (select current_actor()));

drop view if exists decision_check_shown;
create view decision_check_shown with (security_invoker = true) as
select k.force_id, k.check_id, k.contact_id, k.case_id, k.decision, k.decision_id, k.handler, k.contact_handler, k.agrees, k.reasons,
       k.alternative, k.told_handler_at,
       (select o.opportunity_id from missed_opportunity o where o.force_id = k.force_id and o.check_id = k.check_id) as missed_opportunity_id,
       k.occurred_at, k.recorded_by, k.recorded_at, k.version
from   decision_check k;
comment on view decision_check_shown is 'Decision checks as they are answered.';
grant select on decision_check_shown to secondlook_app;

-- Counter-allegations: somebody who was the suspect of an earlier case now accuses its victim.

create or replace function check_aggressor(of_case uuid, person uuid, of_assessment uuid) returns uuid language plpgsql as $$
declare
  c      case_file;
  faults jsonb := '[]';
begin
  perform seen_case(of_case);
  select * into c from case_file f where f.force_id = current_force() and f.case_id = of_case;
  if person not in (c.victim_id, coalesce(c.perpetrator_id, c.victim_id)) then
    faults := faults || fault_at('/personId', 'unknown_reference', 'Not one of the two parties of the case.');
  end if;
  if of_assessment is not null and not exists (
       select from assessment a where a.force_id = c.force_id and a.assessment_id = of_assessment and a.case_id = c.case_id) then
    faults := faults || fault_at('/assessmentId', 'unknown_reference', 'No such assessment of this case.');
  end if;
  perform refuse_faults(faults);
  return c.case_id;
end $$;
comment on function check_aggressor(uuid, uuid, uuid) is 'The case, when the person is one of its parties and the assessment its own; else SL404, SL422.';

-- Written into the query that calls it: history searches ask for each case that they show.
create or replace function primary_aggressor_of(of_case uuid) returns table (shown jsonb, seen text) language sql stable as $$
  select jsonb_build_object('personId', j.person_id, 'rationale', j.rationale, 'recordedBy', j.recorded_by, 'occurredAt', instant(j.occurred_at)),
         'primary_aggressor_assessment:' || j.judgement_id || ':' || j.version
  from   primary_aggressor_assessment j
  where  j.force_id = current_force() and j.case_id = of_case
  order  by j.recorded_at desc, j.judgement_id desc limit 1
$$;
comment on function primary_aggressor_of(uuid) is 'Who was last judged to be the primary aggressor of a case, and why.';

-- It also answers history searches, which read past the policies, so it leaves out hidden cases by itself.
--
-- The same people may have been recorded twice: those who share a number, a reference, or a full name and a date of birth are possibly the
-- same. Two who live together share a number too, so a case the same way round is no counter-allegation.
drop function if exists counter_allegations(uuid[], uuid[], timestamptz);
create or replace function counter_allegations(victims uuid[], suspects uuid[], before timestamptz, loosely boolean) returns jsonb
language plpgsql stable as $$
declare
  here text := current_force();
  like_victims  uuid[] := case when loosely then people_like(victims) else victims end;
  like_suspects uuid[] := case when loosely then people_like(suspects) else suspects end;
begin
  return (select jsonb_build_object('shown', coalesce(jsonb_agg(jsonb_build_object(
           'caseId', e.case_id, 'reference', e.reference, 'status', e.status, 'occurredAt', instant(e.occurred_at),
           'victimId', e.victim_id, 'perpetratorId', e.perpetrator_id, 'isPossible', not e.is_certain,
           'agreedGrade', g.agreed_grade, 'assessorGrade', g.assessor_grade, 'specialistGrade', g.specialist_grade,
           'latestAssessment', case when a.assessment_id is not null then jsonb_build_object(
              'assessmentId', a.assessment_id, 'occurredAt', instant(a.occurred_at), 'assessedBy', a.assessed_by,
              'suggestedGrade', a.suggested_grade, 'assessorGrade', a.assessor_grade, 'rationale', a.rationale) end,
           'primaryAggressor', j.shown) order by e.recorded_at desc, e.case_id desc), '[]'), 'seen',
         string_agg(concat_ws(' ', 'case:' || e.case_id || ':' || e.version, 'latest_grade:' || g.case_id || ':' || g.version,
                              'assessment:' || a.assessment_id || ':' || a.version, j.seen), ' '))
  from  (select c.*, c.victim_id = any (suspects) and c.perpetrator_id = any (victims) as is_certain from case_file c
         where  c.force_id = here and c.victim_id = any (like_suspects) and c.perpetrator_id = any (like_victims)
         and    (c.victim_id = any (suspects) and c.perpetrator_id = any (victims)
                 or not (c.victim_id = any (like_victims) and c.perpetrator_id = any (like_suspects)))
         and    c.recorded_at < before and not case_is_hidden(c.case_id)
         order  by c.recorded_at desc, c.case_id desc limit 10) e
  left   join latest_grade g on g.force_id = e.force_id and g.case_id = e.case_id
  left   join lateral (select t.assessment_id, t.occurred_at, t.assessed_by, t.suggested_grade, t.assessor_grade, t.rationale, t.version
                       from assessment t where t.force_id = here and t.case_id = e.case_id
                       order by t.occurred_at desc, t.assessment_id desc limit 1) a on true
  left   join lateral primary_aggressor_of(e.case_id) j on true);
end $$;
comment on function counter_allegations(uuid[], uuid[], timestamptz, boolean) is
  'Earlier cases in which a suspect of now was the victim and a victim of now the perpetrator, loosely also who may be the same people, the newest first: how they were assessed, and who as primary aggressor (shown, seen).';

-- By what they are found now, also by who looks into the past: numbers and names have no history.
create or replace function people_like(ids uuid[]) returns uuid[] language plpgsql stable as $$
begin
  return ids || array(select distinct s.id from public.person p, unnest(likely_same(p)) as s (id)
                      where p.force_id = current_force() and p.person_id = any (ids));
end $$;
comment on function people_like(uuid[]) is 'These people, and other records that are probably of the same.';

create or replace function people_as(of_contact uuid, roles text[]) returns uuid[] language plpgsql stable as $$
begin
  return array(select p.person_id from contact_person p
               where  p.force_id = current_force() and p.contact_id = of_contact and p.role = any (roles));
end $$;
comment on function people_as(uuid, text[]) is 'Who is named in a contact in one of these roles.';

grant execute on function contact_is_blocked(uuid), evidence_is_blocked(jsonb), alert_is_hidden(uuid, uuid, jsonb), alert_is_blocked(uuid),
  opportunity_is_blocked(uuid), evidence_shown(jsonb),
  line_is_hidden(text, uuid, uuid, jsonb), break_glass(uuid, uuid, text, uuid), seen_alert(uuid), check_alert_decision(uuid, jsonb),
  confirm_as_missed(alert_decision, jsonb), seen_opportunity(uuid), assignment_faults(jsonb, text, boolean), check_new_opportunity(jsonb),
  confirm_opportunity(uuid, text, uuid, uuid, uuid, uuid, text, text, timestamptz, text, jsonb), check_opportunity_move(uuid, jsonb),
  decision_maker(text, uuid, uuid), decision_check_of(jsonb), check_aggressor(uuid, uuid, uuid), primary_aggressor_of(uuid),
  counter_allegations(uuid[], uuid[], timestamptz, boolean), people_like(uuid[]), people_as(uuid, text[])
   to secondlook_app;
grant execute on function primary_aggressor_of(uuid), counter_allegations(uuid[], uuid[], timestamptz, boolean), people_like(uuid[]), case_is_hidden(uuid) to secondlook_search;
