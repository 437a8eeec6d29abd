-- Referrals: what a good one needs, when it must be answered, whether a conference should hear it, and its moves as facts.

insert into setting_definition values
('referral_acknowledge_hours',
 '{"marac": {"high": 24, "medium": 48, "standard": 72}, "idva": {"high": 24, "medium": 48, "standard": 72},
   "advocacy": {"high": 24, "medium": 72, "standard": 120}, "health": {"high": 24, "medium": 72, "standard": 120},
   "housing": {"high": 24, "medium": 72, "standard": 120}, "childrens_services": {"high": 24, "medium": 24, "standard": 72},
   "adult_safeguarding": {"high": 24, "medium": 72, "standard": 120}, "perpetrator_programme": {"high": 72, "medium": 120, "standard": 168},
   "police_unit": {"high": 4, "medium": 24, "standard": 72}, "other": {"high": 24, "medium": 72, "standard": 120}}',
 'Hours from sending to acknowledgement, by kind of service and grade, where the service has none of its own.'),
('conference_yes_count', '14', 'So many yes answers are visible high risk, a criterion for a conference (SafeLives).'),
('conference_escalation_contacts', '3', 'So many contacts in conference_escalation_days are escalation; areas differ.'),
('conference_escalation_days', '365', 'Days that escalation looks back.'),
('conference_repeat_days', '365', 'Abuse by the same pair within so many days of the last conference referral is a repeat.'),
('referral_chase_hours', '24', 'Hours after which an unacknowledged referral is chased again; first when its deadline passes.'),
('referral_chase_most', '5', 'So many times a referral is chased after it was sent, at most.')
on conflict (name) do update set default_value = excluded.default_value, description = excluded.description
where (setting_definition.default_value, setting_definition.description) is distinct from (excluded.default_value, excluded.description);

select make_seen('seen_referral', 'referral', 'referral_id');

-- The same pair may have been opened as a case twice.
create or replace function cases_of_pair(id uuid) returns uuid[] language plpgsql stable as $$
begin
  return array(select o.case_id from case_file c join case_file o
                 on o.force_id = c.force_id and o.victim_id = c.victim_id
                and (o.case_id = c.case_id or o.perpetrator_id = c.perpetrator_id)
               where c.force_id = current_force() and c.case_id = id);
end $$;
comment on function cases_of_pair(uuid) is 'A case, and every other one of the same victim and perpetrator.';

create or replace function criterion(code text, met boolean, detail text) returns jsonb language sql immutable as
  $$ select jsonb_build_object('code', code, 'met', coalesce(met, false), 'detail', detail) $$;
comment on function criterion(text, boolean, text) is 'One criterion of a conference.';

-- Assessments that another one supersedes don't count. Abuse after the last conference referral counts, crime or not.
create or replace function conference_criteria(id uuid, judgement text) returns jsonb language plpgsql stable as $$
declare
  here      text := current_force();
  pair      uuid[] := cases_of_pair(id);
  enough    int := (setting_value('conference_yes_count'))::int;
  since     timestamptz := domain_now() - make_interval(days => (setting_value('conference_escalation_days'))::int);
  repeat_days int := (setting_value('conference_repeat_days'))::int;
  ticks     int;
  contacts  int;
  last_sent timestamptz;
  abuse_at  timestamptz;
begin
  select a.tick_count into ticks from assessment a
  where  a.force_id = here and a.case_id = any (pair)
  and    not exists (select from assessment n where n.force_id = here and n.supersedes = a.assessment_id)
  order  by a.occurred_at desc, a.assessment_id desc limit 1;

  select count(distinct l.contact_id) into contacts from contact_case l
  where  l.force_id = here and l.case_id = any (pair) and l.active and l.occurred_at >= since and l.occurred_at <= domain_now();

  select max(r.sent_at) into last_sent from referral r join service s using (force_id, service_id)
  where  r.force_id = here and r.case_id = any (pair) and s.kind = 'marac';
  select max(l.occurred_at) into abuse_at from contact_case l
  where  l.force_id = here and l.case_id = any (pair) and l.active and l.occurred_at > last_sent
  and    l.occurred_at <= last_sent + make_interval(days => repeat_days);

  return jsonb_build_array(
    criterion('visible_high_risk', ticks >= enough,
      coalesce(format('%s yes in the latest assessment; %s are needed.', ticks, enough), 'There is no assessment.')),
    criterion('professional_judgement', judgement is not null,
      case when judgement is null then 'None is given.' else 'Given by ' || current_actor() || '.' end),
    criterion('escalation', contacts >= (setting_value('conference_escalation_contacts'))::int,
      format('%s contacts in %s days; %s are needed.', contacts, setting_value('conference_escalation_days'),
             setting_value('conference_escalation_contacts'))),
    criterion('repeat', abuse_at is not null,
      case when last_sent is null then 'There was no conference referral before.'
           when abuse_at is null then format('Nothing within %s days of the last conference referral, %s.', repeat_days, instant(last_sent))
           else format('A contact on %s, within %s days of the last conference referral, %s.', instant(abuse_at), repeat_days, instant(last_sent))
      end));
end $$;
comment on function conference_criteria(uuid, text) is 'The criteria for referral to a multi-agency conference, each with whether it is met and by what.';

-- Checks a NewReferral and completes it.
create or replace function referral_of(case_id uuid, body jsonb)
returns table (service_id uuid, grade text, basis text, criteria jsonb, recipients jsonb) language plpgsql stable as $$
#variable_conflict use_column
declare
  asked_case  alias for $1;
  consented   boolean := (body ->> 'consent')::boolean;
  chosen      service;
  faults      jsonb := '[]';
  asked_grade text := coalesce(body ->> 'grade', (
    select g.agreed_grade from latest_grade g where g.force_id = current_force() and g.case_id = asked_case));
begin
  select * into chosen from service s where s.force_id = current_force() and s.service_id = (body ->> 'serviceId')::uuid;
  if not found then
    faults := faults || fault_at('/serviceId', 'unknown_reference', 'No such service.');
  elsif not chosen.enabled then
    faults := faults || fault_at('/serviceId', 'not_allowed', 'This service takes no new referrals.');
  end if;
  if asked_grade is null then
    faults := faults || fault_at('/grade', 'required', 'Must be given: the case has no grade yet.');
  end if;
  if not consented and not body ? 'basis' then
    faults := faults || fault_at('/basis', 'required', 'Without consent, the basis must be given.');
  elsif not consented and body ->> 'basis' = 'consent' then
    faults := faults || fault_at('/basis', 'not_allowed', 'Consent was not given; another basis is needed.');
  end if;
  if not consented and not body ? 'basisReason' then
    faults := faults || fault_at('/basisReason', 'required', 'Without consent, it must be said why the basis holds.');
  end if;
  perform refuse_faults(faults);
  return query select chosen.service_id, asked_grade, coalesce(body ->> 'basis', 'consent'),
                      case when chosen.kind = 'marac' then conference_criteria(asked_case, body ->> 'professionalJudgement') else '[]' end,
                      coalesce(body -> 'recipients', chosen.recipients);
end $$;
comment on function referral_of(uuid, jsonb) is 'What a new referral''s body leaves to the service, the case and the rules; SL422 with all its faults.';

create or replace function acknowledge_deadline(service_id uuid, grade text, sent timestamptz) returns timestamptz
language plpgsql stable as $$
declare
  hours numeric;
begin
  select coalesce(s.acknowledge_within_hours ->> $2, setting_value('referral_acknowledge_hours') -> s.kind ->> $2)::numeric into hours
  from   service s where s.force_id = current_force() and s.service_id = $1;
  return sent + make_interval(secs => hours * 3600);
end $$;
comment on function acknowledge_deadline(uuid, text, timestamptz) is 'By when a service should acknowledge what was sent to it.';

create or replace function future_faults(happened timestamptz, pointer text) returns jsonb language plpgsql stable as $$
begin
  return case when happened > domain_now() + make_interval(mins => setting_value('clock_tolerance_minutes')::int)
              then jsonb_build_array(fault_at(pointer, 'in_the_future', 'It must have happened already.')) else '[]' end;
end $$;
comment on function future_faults(timestamptz, text) is 'A fault at that pointer when what happened lies ahead of the service''s clock.';

create or replace function check_referral_move(target text, told_outcome text, happened timestamptz) returns void language plpgsql as $$
declare
  faults jsonb := future_faults(happened, '/occurredAt');
begin
  if target = 'outcome_recorded' and told_outcome is null then
    faults := faults || fault_at('/outcome', 'required', 'Recording the outcome needs one.');
  elsif target <> 'outcome_recorded' and told_outcome is not null then
    faults := faults || fault_at('/outcome', 'not_allowed', 'Only recording the outcome takes one.');
  end if;
  perform refuse_faults(faults);
end $$;
comment on function check_referral_move(text, text, timestamptz) is 'An outcome belongs to the move that records it, and a move has happened.';

-- Argument: the machine, or '' for the row's own. A statement that sets the state it finds is a move too, and not a legal one.
create or replace function refuse_to_stay() returns trigger language plpgsql as $$
begin
  perform refuse('SL409', 'illegal_move', jsonb_build_object('from', old.status, 'to', new.status, 'legal', (
    select coalesce(jsonb_agg(m."to" order by m."to"), '[]') from machine_move m
    where  m.machine = coalesce(nullif(tg_argv[0], ''), to_jsonb(new) ->> 'machine') and m."from" = old.status
    and    m.roles && current_staff_roles())));
  return new;
end $$;
comment on function refuse_to_stay() is 'A move to the state that stands already is SL409, so that repeating one has no effect.';

create or replace function record_referral_move() returns trigger language plpgsql as $$
begin
  insert into referral_transition (force_id, transition_id, referral_id, case_id, number, from_status, to_status, reason, outcome, occurred_at)
  values (new.force_id, uuid_now(), new.referral_id, new.case_id, new.version, old.status, new.status, new.reason,
          case when new.status = 'outcome_recorded' then new.outcome end, new.status_since);
  return null;
end $$;
comment on function record_referral_move() is 'Every move of a referral is a fact of its own.';

drop trigger if exists b_stays on referral;
create trigger b_stays before update of status on referral
  for each row when (old.status = new.status) execute function refuse_to_stay('referral');
drop trigger if exists c_transition on referral;
create trigger c_transition after update of status on referral for each row execute function record_referral_move();

-- Chases. The first is due at the deadline, each further one so many hours after it; each is written once, whenever the
-- clock comes by.
create or replace function next_chase(deadline timestamptz, at timestamptz) returns timestamptz language plpgsql stable as $$
declare
  span interval := make_interval(hours => greatest(1, setting_value('referral_chase_hours')::int));
  next int := floor(extract(epoch from at - deadline) / extract(epoch from span)) + 1;
begin
  return case when next < setting_value('referral_chase_most')::int then deadline + next * span end;
end $$;
comment on function next_chase(timestamptz, timestamptz) is 'When a referral past its deadline is due to be chased next; null: it has been chased enough.';

create or replace function chase_referral(id uuid) returns void language plpgsql as $$
declare
  sent   referral;
  most   int := setting_value('referral_chase_most')::int;
  span   interval := make_interval(hours => greatest(1, setting_value('referral_chase_hours')::int));
  turn   int;
  so_far int;
begin
  select * into sent from referral r
  where  r.force_id = current_force() and r.referral_id = id and r.status = 'sent' and r.acknowledge_by <= domain_now();
  turn := floor(extract(epoch from domain_now() - sent.acknowledge_by) / extract(epoch from span));
  if sent.referral_id is null or turn >= most or exists (
       select from referral_chase c where c.force_id = current_force() and c.referral_id = id
       and    c.occurred_at >= sent.acknowledge_by + turn * span) then
    return;
  end if;
  select coalesce(max(c.number), 0) into so_far from referral_chase c where c.force_id = current_force() and c.referral_id = id;
  insert into referral_chase (force_id, chase_id, referral_id, case_id, number)
  values (current_force(), uuid_now(), id, sent.case_id, so_far + 1);
end $$;
comment on function chase_referral(uuid) is 'Writes a chase when one is due.';

create or replace function chase_referrals(shown jsonb) returns void language plpgsql as $$
begin
  perform chase_referral((r.item ->> 'id')::uuid) from jsonb_array_elements(shown -> 'records') r (item) where r.item ->> 'kind' = 'referral';
end $$;
comment on function chase_referrals(jsonb) is 'Chases the referrals of a finding''s evidence.';
grant execute on function next_chase(timestamptz, timestamptz), chase_referral(uuid), chase_referrals(jsonb) to secondlook_detector;

drop view if exists referral_shown;
create view referral_shown with (security_invoker = true) as
select r.force_id, r.referral_id, r.case_id, r.service_id, s.name as service_name, s.kind as service_kind, r.status, r.grade, r.summary,
       r.consent, r.basis, r.basis_reason, r.professional_judgement, r.criteria, r.recipients, r.reason, r.service_reference,
       r.outcome, r.outcome_note, r.sent_at, r.acknowledge_by,
       r.status = 'sent' and r.acknowledge_by < domain_now() as overdue, c.chases, c.last_chased_at,
       r.status_since, r.recorded_by, r.recorded_at, r.version,
       'referral:' || r.referral_id || ':' || r.version || ' service:' || s.service_id || ':' || s.version as seen
from   referral r join service s using (force_id, service_id)
cross  join lateral (select count(*)::int as chases, max(k.occurred_at) as last_chased_at from referral_chase k
                     where  k.force_id = r.force_id and k.referral_id = r.referral_id) c;
comment on view referral_shown is 'Referrals as they are answered.';
grant select on referral_shown to secondlook_app;

grant execute on function seen_referral(uuid), cases_of_pair(uuid), criterion(text, boolean, text), conference_criteria(uuid, text),
  referral_of(uuid, jsonb), acknowledge_deadline(uuid, text, timestamptz), check_referral_move(text, text, timestamptz), future_faults(timestamptz, text), refuse_to_stay(),
  record_referral_move() to secondlook_app;
