-- Disclosures under Clare's Law, schools told of a child, and visits by video: who may see them, their clocks, conditions and moves.

insert into setting_definition values
('disclosure_days', '28', 'Days from receiving an application under Clare''s Law to its answer (statutory guidance).'),
('school_day_begins', '"08:30"', 'Local time by which a school should know before its day begins (Operation Encompass).'),
('school_holidays', '[]', 'Days without school beside weekends: a list of dates, or of ranges {"from": date, "to": date}.')
on conflict (name) do update set default_value = excluded.default_value, description = excluded.description
where (setting_definition.default_value, setting_definition.description) is distinct from (excluded.default_value, excluded.description);

-- Who may see them.

create or replace function disclosure_is_hidden(case_id uuid, person_id uuid, recipient_id uuid) returns boolean language sql stable as $$
  select coalesce(case_id = any (hidden_cases()), false) or person_is_hidden(person_id)
         or (recipient_id is not null and person_is_hidden(recipient_id))
$$;
comment on function disclosure_is_hidden(uuid, uuid, uuid) is 'Whether a disclosure concerns a case, or only people, that this transaction may not see.';

select make_seen('seen_disclosure', 'disclosure', 'disclosure_id');

select make_seen('seen_video_response', 'video_response', 'response_id');

create or replace function is_legal_move(machine_name text, standing text, target text) returns boolean language plpgsql stable as $$
begin
  return exists (select from machine_move m where m.machine = machine_name and m."from" = standing and m."to" = target);
end $$;
comment on function is_legal_move(text, text, text) is 'Whether a machine has that move; what a move lacks is only worth telling when it has.';

grant execute on function disclosure_is_hidden(uuid, uuid, uuid), seen_disclosure(uuid), seen_video_response(uuid),
  is_legal_move(text, text, text) to secondlook_app;

-- Disclosures.

create or replace function recipient_faults(body jsonb) returns jsonb language plpgsql immutable as $$
begin
  return case
    when body ->> 'recipientKind' = 'person' and not body ? 'recipientId' then
      jsonb_build_array(fault_at('/recipientId', 'required', 'Say which person would be told.'))
    when body ->> 'recipientKind' = 'third_party' and not body ? 'thirdParty' then
      jsonb_build_array(fault_at('/thirdParty', 'required', 'Say who the third party is, and why they can protect.'))
    when body ->> 'recipientId' = body ->> 'personId' then
      jsonb_build_array(fault_at('/recipientId', 'not_allowed', 'The one who would be told is someone else than the one it is about.'))
    else '[]' end;
end $$;
comment on function recipient_faults(jsonb) is 'What is wrong with whom a disclosure would be made to.';

create or replace function applicant_of(body jsonb) returns text language sql immutable as $$
  select coalesce(body ->> 'applicant', case body ->> 'route' when 'right_to_ask' then 'recipient' else 'police' end)
$$;
comment on function applicant_of(jsonb) is 'Who asked, as said, or as the route has it.';

create or replace function check_new_disclosure(body jsonb) returns void language plpgsql stable as $$
begin
  perform refuse_faults(
    reference_faults(jsonb_build_array(
        jsonb_build_object('pointer', '', 'personId', body -> 'personId'),
        jsonb_build_object('pointer', '', 'member', '/recipientId', 'optional', true) || jsonb_strip_nulls(jsonb_build_object('personId', body -> 'recipientId'))),
      '[]', '[]')
    || case when body ? 'caseId' and (select true from case_file c where c.force_id = current_force() and c.case_id = (body ->> 'caseId')::uuid) is null
            then jsonb_build_array(fault_at('/caseId', 'unknown_reference', 'No such case.')) else '[]' end
    || recipient_faults(body)
    || case when (applicant_of(body) in ('recipient', 'third_party')) <> (body ->> 'route' = 'right_to_ask')
            then jsonb_build_array(fault_at('/applicant', 'not_allowed', 'Someone asks by the right to ask; police and agencies consider it by the right to know.'))
            else '[]' end
    || future_faults((body ->> 'occurredAt')::timestamptz, '/occurredAt'));
end $$;
comment on function check_new_disclosure(jsonb) is 'SL422 with all that is wrong with a new disclosure.';

create or replace function disclosure_due(received timestamptz) returns timestamptz language plpgsql stable as $$
begin
  return received + make_interval(days => setting_value('disclosure_days')::int);
end $$;
comment on function disclosure_due(timestamptz) is 'By when an application should be answered.';

-- What each move must have settled, now or before.
create or replace function settlement_faults(standing disclosure, body jsonb) returns jsonb language plpgsql stable as $$
declare
  faults jsonb := '[]';
begin
  if body ->> 'to' = 'decided' then
    if coalesce(body ->> 'initialCheck', standing.initial_check) is null then
      faults := faults || fault_at('/initialCheck', 'required', 'Say what the initial checks found before deciding.');
    end if;
    if not body ? 'decision' then
      faults := faults || fault_at('/decision', 'required', 'Say what was decided.');
    end if;
    if not body ? 'decisionReason' then
      faults := faults || fault_at('/decisionReason', 'required', 'Say why it was decided so.');
    end if;
    if body ->> 'decision' = 'disclose' and not body ? 'basis' then
      faults := faults || fault_at('/basis', 'required', 'A disclosure needs its lawful basis.');
    end if;
    if body ->> 'decision' = 'disclose' and coalesce(body ->> 'safeDelivery', standing.safe_delivery) is null then
      faults := faults || fault_at('/safeDelivery', 'required', 'Say how they can be told safely.');
    end if;
  elsif body ->> 'to' = 'disclosed' and not body ? 'disclosed' then
    faults := faults || fault_at('/disclosed', 'required', 'Say what was told.');
  end if;
  return faults;
end $$;
comment on function settlement_faults(disclosure, jsonb) is 'What a move of a disclosure should settle and does not.';

create or replace function check_disclosure_move(id uuid, body jsonb) returns void language plpgsql stable as $$
declare
  standing disclosure;
  target   text := body ->> 'to';
  member   text;
  faults   jsonb := future_faults((body ->> 'occurredAt')::timestamptz, '/occurredAt');
begin
  select * into standing from disclosure d where d.force_id = current_force() and d.disclosure_id = id;
  if not is_legal_move('disclosure', standing.status, target) then
    return;
  end if;
  if standing.status = 'decided'
     and target <> (case standing.decision when 'disclose' then 'disclosed' when 'refuse' then 'refused' else standing.decision end) then
    faults := faults || fault_at('/to', 'not_allowed', format('It was decided otherwise: %s.', standing.decision));
  end if;
  foreach member in array '{decision,basis,decisionReason}'::text[] loop
    if body ? member and target <> 'decided' then
      faults := faults || fault_at('/' || member, 'not_allowed', 'Only the move that decides takes it.');
    end if;
  end loop;
  if body ? 'disclosed' and target <> 'disclosed' then
    faults := faults || fault_at('/disclosed', 'not_allowed', 'Only the move that discloses takes it.');
  end if;
  perform refuse_faults(faults || settlement_faults(standing, body));
end $$;
comment on function check_disclosure_move(uuid, jsonb) is 'SL422 with all that is wrong with a legal move; an illegal one is the machine''s to refuse.';

create or replace function record_disclosure_move() returns trigger language plpgsql as $$
begin
  insert into disclosure_transition (force_id, transition_id, disclosure_id, case_id, person_id, number, from_status, to_status, reason, occurred_at)
  values (new.force_id, uuid_now(), new.disclosure_id, new.case_id, new.person_id, new.version, old.status, new.status, new.reason, new.status_since);
  return null;
end $$;
comment on function record_disclosure_move() is 'Every move of a disclosure is a fact of its own.';
drop trigger if exists b_stays on disclosure;
create trigger b_stays before update of status on disclosure
  for each row when (old.status = new.status) execute function refuse_to_stay('disclosure');
drop trigger if exists c_transition on disclosure;
create trigger c_transition after update of status on disclosure for each row execute function record_disclosure_move();

drop view if exists disclosure_shown;
create view disclosure_shown with (security_invoker = true) as
select d.force_id, p.safe_contact, d.disclosure_id, d.person_id, d.recipient_kind, d.recipient_id, d.third_party, d.route, d.case_id, d.applicant,
       d.application, d.status, d.occurred_at, d.due_at, d.answered_at is null and d.due_at < domain_now() as overdue, d.initial_check,
       d.initial_check_by, d.initial_check_at, d.decision, d.basis, d.decision_reason, d.decided_by, d.decided_at, d.safe_delivery, d.disclosed,
       d.answered_at, d.reason, d.status_since, d.recorded_by, d.recorded_at, d.version,
       concat_ws(' ', 'disclosure:' || d.disclosure_id || ':' || d.version, 'person:' || p.person_id || ':' || p.version) as seen
from   disclosure d
left   join person p on p.force_id = d.force_id and p.person_id = d.recipient_id and p.safe_contact is not null;
comment on view disclosure_shown is 'Disclosures as they are answered: first how the one to be told may safely be reached.';
grant select on disclosure_shown to secondlook_app;

grant execute on function recipient_faults(jsonb), applicant_of(jsonb), check_new_disclosure(jsonb), disclosure_due(timestamptz),
  settlement_faults(disclosure, jsonb), check_disclosure_move(uuid, jsonb), record_disclosure_move() to secondlook_app;

-- Schools. Days are compared as the text they are written in, so that a holiday written wrongly is none and breaks nothing.

create or replace function is_school_day(day date, holidays jsonb) returns boolean language sql immutable as $$
  select extract(isodow from day) < 6
         and not exists (select from jsonb_array_elements(holidays) as h (entry)
                         where  to_char(day, 'YYYY-MM-DD') between coalesce(entry ->> 'from', entry #>> '{}')
                                                           and     coalesce(entry ->> 'to', entry #>> '{}'))
$$;
comment on function is_school_day(date, jsonb) is 'Whether schools are open: no weekend, and none of the force''s holidays.';

-- Schools are never closed for a year: so far is looked, then it is the last day looked at.
create or replace function next_school_day(moment timestamptz) returns timestamptz language plpgsql stable strict as $$
declare
  holidays jsonb := setting_value('school_holidays');
  begins   interval := (setting_value('school_day_begins') #>> '{}')::interval;
  today    date := (moment at time zone 'Europe/London')::date;
  starts   timestamptz;
begin
  for ahead in 0 .. 366 loop
    starts := (today + ahead + begins) at time zone 'Europe/London';
    exit when starts > moment and is_school_day(today + ahead, holidays);
  end loop;
  return starts;
end $$;
comment on function next_school_day(timestamptz) is 'When the first school day begins after a moment, by the clocks of London.';

-- A case alone is told of because of its latest contact until then.
create or replace function contact_told_of(notification school_notification) returns timestamptz language plpgsql stable as $$
begin
  if notification.contact_id is not null then
    return (select c.occurred_at from contact c where c.force_id = notification.force_id and c.contact_id = notification.contact_id);
  end if;
  return (select l.occurred_at from contact_case l
          where  l.force_id = notification.force_id and l.case_id = notification.case_id and l.active and l.occurred_at <= notification.occurred_at
          order  by l.occurred_at desc, l.contact_id desc limit 1);
end $$;
comment on function contact_told_of(school_notification) is 'When the contact was received that a school is told of.';

create or replace function compute_notification() returns trigger language plpgsql as $$
declare
  received timestamptz := contact_told_of(new);
begin
  new.due_at := next_school_day(received);
  new.faults := moment_faults(new.occurred_at, received);
  if new.occurred_at >= new.due_at then
    new.faults := new.faults || fault('told_late', format('The school was told after the next school day had begun, %s.', instant(new.due_at)));
  end if;
  new.compliant := new.faults = '[]';
  return new;
end $$;
comment on function compute_notification() is 'By when the school should have been told, and whether it was.';
drop trigger if exists c_compute on school_notification;
create trigger c_compute before insert on school_notification for each row execute function compute_notification();

create or replace function check_new_notification(body jsonb) returns void language plpgsql stable as $$
begin
  perform refuse_faults(
    reference_faults(jsonb_build_array(jsonb_build_object('pointer', '', 'member', '/childId', 'personId', body -> 'childId')), '[]', '[]')
    || case when body ? 'caseId' and (select true from case_file c where c.force_id = current_force() and c.case_id = (body ->> 'caseId')::uuid) is null
            then jsonb_build_array(fault_at('/caseId', 'unknown_reference', 'No such case.')) else '[]' end
    || case when body ? 'contactId' and (select true from contact c where c.force_id = current_force() and c.contact_id = (body ->> 'contactId')::uuid) is null
            then jsonb_build_array(fault_at('/contactId', 'unknown_reference', 'No such contact.'))
            when not body ?| '{caseId,contactId}' then jsonb_build_array(fault_at('/contactId', 'required', 'Say which contact or which case it is about.'))
            else '[]' end);
end $$;
comment on function check_new_notification(jsonb) is 'SL422 with all that a notification refers to and that is not there.';

grant execute on function is_school_day(date, jsonb), next_school_day(timestamptz), contact_told_of(school_notification), compute_notification(),
  check_new_notification(jsonb) to secondlook_app;
grant execute on function is_school_day(date, jsonb), next_school_day(timestamptz) to secondlook_detector;

-- Visits by video. What decides is what was said and what the contact itself says: an error in the one must not hide the other.

create or replace function failed_conditions(r video_response, moment timestamptz) returns jsonb language plpgsql stable as $$
declare
  parent contact;
  failed jsonb := '[]';
begin
  select * into parent from contact c where c.force_id = r.force_id and c.contact_id = r.contact_id;
  if r.emergency then
    failed := failed || fault_at('/emergency', 'emergency', 'It is an emergency.');
  end if;
  if (grade_at(parent, moment)).grade = 'emergency' then
    failed := failed || fault_at('/emergency', 'contact_is_emergency', 'The contact''s response grade is emergency.');
  end if;
  if not r.offender_absent then
    failed := failed || fault_at('/offenderAbsent', 'offender_present', 'The offender is not absent.');
  end if;
  if parent.suspect_present = 'yes' then
    failed := failed || fault_at('/offenderAbsent', 'contact_suspect_present', 'The contact says that the suspect is present.');
  end if;
  if not r.victim_safe then
    failed := failed || fault_at('/victimSafe', 'victim_not_safe', 'The victim is not safe.');
  end if;
  if not r.victim_able then
    failed := failed || fault_at('/victimAble', 'victim_not_able', 'The victim is not able to take part.');
  end if;
  if not r.victim_chose then
    failed := failed || fault_at('/victimChose', 'victim_did_not_choose', 'The victim did not choose it.');
  end if;
  if r.consent = 'refused' then
    failed := failed || fault_at('/consent', 'consent_refused', 'The victim refused it.');
  end if;
  return failed;
end $$;
comment on function failed_conditions(video_response, timestamptz) is 'Conditions of a response by video that did not hold at a moment, each with its code.';

create or replace function told_of_video(body jsonb, standing video_response) returns video_response language plpgsql stable as $$
declare
  told video_response := standing;
begin
  told.emergency := coalesce((body ->> 'emergency')::boolean, standing.emergency, false);
  told.offender_absent := coalesce((body ->> 'offenderAbsent')::boolean, standing.offender_absent);
  told.victim_safe := coalesce((body ->> 'victimSafe')::boolean, standing.victim_safe);
  told.victim_able := coalesce((body ->> 'victimAble')::boolean, standing.victim_able);
  told.victim_chose := coalesce((body ->> 'victimChose')::boolean, standing.victim_chose);
  told.consent := coalesce(body ->> 'consent', standing.consent, 'not_asked');
  return told;
end $$;
comment on function told_of_video(jsonb, video_response) is 'A response by video as a body leaves its conditions.';

create or replace function refuse_failed(failed jsonb) returns void language plpgsql as $$
begin
  if failed <> '[]' then
    perform refuse('SL422', 'video_not_allowed', jsonb_build_object('errors', failed));
  end if;
end $$;
comment on function refuse_failed(jsonb) is 'SL422 that names every condition that failed.';

-- An offer is decided here and can be refused; what has happened is kept.
create or replace function check_new_video_response(of_contact uuid, body jsonb) returns void language plpgsql stable as $$
declare
  told video_response;
begin
  told.force_id := current_force();
  told.contact_id := of_contact;
  if coalesce(body ->> 'status', 'offered') in ('offered', 'scheduled') then
    perform refuse_faults(future_faults((body ->> 'occurredAt')::timestamptz, '/occurredAt')
      || case when body ->> 'status' = 'scheduled' and not body ? 'scheduledFor'
              then jsonb_build_array(fault_at('/scheduledFor', 'required', 'Say for when it is arranged.')) else '[]' end);
    perform refuse_failed(failed_conditions(told_of_video(body, told), domain_now()));
  end if;
end $$;
comment on function check_new_video_response(uuid, jsonb) is 'SL422 when an offer lacks something or a condition fails.';

create or replace function check_video_move(id uuid, body jsonb) returns void language plpgsql stable as $$
declare
  standing video_response;
begin
  select * into standing from video_response r where r.force_id = current_force() and r.response_id = id;
  if not is_legal_move('video_response', standing.status, body ->> 'to') or body ->> 'to' in ('started', 'ended') then
    return;
  end if;
  perform refuse_faults(future_faults((body ->> 'occurredAt')::timestamptz, '/occurredAt')
    || case when body ->> 'to' = 'scheduled' and not body ? 'scheduledFor'
            then jsonb_build_array(fault_at('/scheduledFor', 'required', 'Say for when it is arranged.')) else '[]' end
    || case when body ? 'outcome' then jsonb_build_array(fault_at('/outcome', 'not_allowed', 'Only a response that ended has one.')) else '[]' end);
  if body ->> 'to' = 'scheduled' then
    perform refuse_failed(failed_conditions(told_of_video(body, standing), domain_now()));
  end if;
end $$;
comment on function check_video_move(uuid, jsonb) is 'SL422 with what a move lacks, or which conditions fail; that a call started or ended is never refused.';

create or replace function advance_video_response(id uuid, target text) returns void language plpgsql as $$
declare
  way  text[] := '{scheduled,started,ended}';
  step text;
begin
  foreach step in array way[:coalesce(array_position(way, target), 0)] loop
    update video_response r
    set    status = step, status_since = case step when 'started' then coalesce(r.started_at, r.occurred_at)
                                                   when 'ended' then coalesce(r.ended_at, r.occurred_at) else r.status_since end
    where  r.force_id = current_force() and r.response_id = id;
  end loop;
end $$;
comment on function advance_video_response(uuid, text) is 'Takes what is reported through the states up to the one it stands in.';

-- That a call began or ended is kept even when what came before was never reported: it passes through that first, at the moment that is
-- told and as the body leaves its conditions. The version that was read is asked for by the first step.
create or replace function lead_video_response(id uuid, body jsonb, read_version int) returns void language plpgsql as $$
declare
  way      text[] := '{offered,scheduled,started,ended}';
  standing video_response;
  told     video_response;
  step     text;
begin
  select * into standing from video_response r where r.force_id = current_force() and r.response_id = id;
  if body ->> 'to' not in ('started', 'ended') or array_position(way, standing.status) is null then
    return;
  end if;
  told := told_of_video(body, standing);
  foreach step in array way[array_position(way, standing.status) + 1 : array_position(way, body ->> 'to') - 1] loop
    update video_response r
    set    status = step, emergency = told.emergency, offender_absent = told.offender_absent, victim_safe = told.victim_safe,
           victim_able = told.victim_able, victim_chose = told.victim_chose, consent = told.consent,
           status_since = coalesce((body ->> 'occurredAt')::timestamptz, domain_now()), version = coalesce(read_version, r.version)
    where  r.force_id = current_force() and r.response_id = id;
    read_version := null;
  end loop;
end $$;
comment on function lead_video_response(uuid, jsonb, int) is 'Takes a response whose start or end is reported through the states before that; SL412 when its version is stale.';

create or replace function new_faults(known jsonb, found_now jsonb) returns jsonb language sql immutable as $$
  select known || coalesce(jsonb_agg(f - 'pointer' order by n) filter (where not known @> jsonb_build_array(f - 'pointer')), '[]')
  from   jsonb_array_elements(found_now) with ordinality as l (f, n)
$$;
comment on function new_faults(jsonb, jsonb) is 'Faults known, and those found now that are not among them.';

-- The contact's grade counts when the call starts; that it was raised for what was seen in the call is no fault of the call.
create or replace function compute_video_start() returns trigger language plpgsql as $$
declare
  received timestamptz;
begin
  select c.occurred_at into received from contact c where c.force_id = new.force_id and c.contact_id = new.contact_id;
  new.started_at := coalesce(new.started_at, new.status_since);
  new.faults := new_faults(new.faults, moment_faults(new.started_at, received) || failed_conditions(new, new.started_at));
  if new.consent = 'not_asked' then
    new.faults := new.faults || fault('without_consent', 'The victim was not asked for consent.');
  end if;
  new.compliant := new.faults = '[]';
  return new;
end $$;
comment on function compute_video_start() is 'Whether a call that started kept the conditions, and had consent.';
drop trigger if exists d_started on video_response;
create trigger d_started before update of status on video_response for each row when (new.status = 'started') execute function compute_video_start();

create or replace function compute_video_end() returns trigger language plpgsql as $$
begin
  new.ended_at := coalesce(new.ended_at, new.status_since);
  new.faults := new_faults(new.faults, moment_faults(new.ended_at, null) || failed_conditions(new, new.started_at));
  if new.ended_at < new.started_at then
    new.faults := new.faults || fault('ended_before_start', 'It ended before it started.');
  end if;
  if new.outcome is null then
    new.faults := new.faults || fault('outcome_missing', 'It ended, and what came of it is not said.');
  end if;
  new.compliant := new.faults = '[]';
  return new;
end $$;
comment on function compute_video_end() is 'Whether a call that ended has an outcome, and kept the conditions to its end.';
drop trigger if exists d_ended on video_response;
create trigger d_ended before update of status on video_response for each row when (new.status = 'ended') execute function compute_video_end();

create or replace function record_video_move() returns trigger language plpgsql as $$
begin
  insert into video_response_transition (force_id, transition_id, response_id, contact_id, number, from_status, to_status, reason, occurred_at)
  values (new.force_id, uuid_now(), new.response_id, new.contact_id, new.version, old.status, new.status, new.reason, new.status_since);
  return null;
end $$;
comment on function record_video_move() is 'Every move of a response by video is a fact of its own.';
drop trigger if exists b_stays on video_response;
create trigger b_stays before update of status on video_response
  for each row when (old.status = new.status) execute function refuse_to_stay('video_response');
drop trigger if exists c_transition on video_response;
create trigger c_transition after update of status on video_response for each row execute function record_video_move();

-- Several people may be victims of one contact: each rule says whose it is.
create or replace function victims_of_contact(of_contact uuid) returns table (safe_contact jsonb, seen text) language sql stable as $$
  select (array_agg(p.safe_contact || jsonb_build_object('personId', p.person_id) order by n.contact_person_id))[1],
         string_agg('person:' || p.person_id || ':' || p.version, ' ')
  from   contact_person n join person p on p.force_id = n.force_id and p.person_id = n.person_id
  where  n.force_id = current_force() and n.contact_id = of_contact and n.role = 'victim' and p.safe_contact is not null
$$;
comment on function victims_of_contact(uuid) is 'How the victim of a contact may safely be reached, the first one named who has a rule.';

drop view if exists video_response_shown;
create view video_response_shown with (security_invoker = true) as
select r.force_id, v.safe_contact, r.response_id, r.contact_id, r.status, r.emergency, r.offender_absent, r.victim_safe, r.victim_able,
       r.victim_chose, r.consent, r.consent_note, r.scheduled_for, r.started_at, r.ended_at, r.outcome, r.outcome_note, r.reason, r.occurred_at,
       r.compliant, r.faults, r.status_since, r.recorded_by, r.recorded_at, r.version,
       concat_ws(' ', 'video_response:' || r.response_id || ':' || r.version, v.seen) as seen
from   video_response r cross join lateral victims_of_contact(r.contact_id) v;
comment on view video_response_shown is 'Responses by video as they are answered: first how the victim may safely be reached.';
grant select on video_response_shown to secondlook_app;

grant execute on function failed_conditions(video_response, timestamptz), told_of_video(jsonb, video_response), refuse_failed(jsonb),
  check_new_video_response(uuid, jsonb), check_video_move(uuid, jsonb), advance_video_response(uuid, text),
  lead_video_response(uuid, jsonb, int), new_faults(jsonb, jsonb),
  compute_video_start(), compute_video_end(), record_video_move(), victims_of_contact(uuid) to secondlook_app;
