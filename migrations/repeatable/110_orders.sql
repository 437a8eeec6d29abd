-- Protection orders and notices: the states they may be recorded in, their moves as facts, and breaches.

insert into setting_definition values
('dvpo_days', '28', 'The longest a domestic violence protection order may last, in days (Crime and Security Act 2010, section 28).'),
('breach_action_hours', '24', 'Hours from a breach of an order to action on it.'),
('order_hearing_hours', '48',
 'Hours in which magistrates hear of a notice after it was given, days on which they do not sit not counted (Domestic Abuse Act 2021, section 29; Crime and Security Act 2010, section 27).'),
('order_notification_days', '3',
 'Days, that of the order being the first, in which who is bound by it tells the police of name and address (Domestic Abuse Act 2021, section 41).'),
('bank_holidays',
 '["2025-01-01", "2025-04-18", "2025-04-21", "2025-05-05", "2025-05-26", "2025-08-25", "2025-12-25", "2025-12-26",
   "2026-01-01", "2026-04-03", "2026-04-06", "2026-05-04", "2026-05-25", "2026-08-31", "2026-12-25", "2026-12-28",
   "2027-01-01", "2027-03-26", "2027-03-29", "2027-05-03", "2027-05-31", "2027-08-30", "2027-12-27", "2027-12-28"]',
 'Good Friday and the bank holidays of England and Wales (GOV.UK), which the hours to a hearing leave out beside Sundays and Christmas Day; a day that is missing makes a deadline early, never late.')
on conflict (name) do update set default_value = excluded.default_value, description = excluded.description
where (setting_definition.default_value, setting_definition.description) is distinct from (excluded.default_value, excluded.description);

select make_seen('seen_order', 'protection_order', 'order_id');

create or replace function order_machine(kind text) returns text language sql immutable as
  $$ select case when kind in ('dapn', 'dvpn') then 'protection_notice' else 'protection_order' end $$;
comment on function order_machine(text) is 'Which machine a kind of order follows.';

create or replace function order_faults(kind text, target text, authorised_by text, granted timestamptz, expires timestamptz, happened timestamptz) returns jsonb
language plpgsql stable as $$
declare
  faults jsonb := future_faults(happened, '/occurredAt');
  most   int := (setting_value('dvpo_days'))::int;
begin
  if kind in ('dapn', 'dvpn') and target in ('authorised', 'served', 'listed') and authorised_by is null then
    faults := faults || fault_at('/authorisedBy', 'required', 'A notice is authorised by an inspector or above: say by whom.');
  end if;
  if granted is not null and expires <= granted then
    faults := faults || fault_at('/expiresAt', 'out_of_range', 'It must end after it was granted.');
  elsif kind = 'dvpo' and expires > granted + make_interval(days => most) then
    faults := faults || fault_at('/expiresAt', 'out_of_range', format('A domestic violence protection order lasts %s days at most.', most));
  end if;
  return faults;
end $$;
comment on function order_faults(text, text, text, timestamptz, timestamptz, timestamptz) is 'What is wrong with an order that is to stand in a state.';

create or replace function order_way(machine text) returns text[] language sql immutable as $$
  select case machine when 'protection_notice' then '{considered,authorised,served,listed}'::text[]
                      else '{considered,applied,granted,active}' end
$$;
comment on function order_way(text) is 'States an order may be recorded in, each reached through those before it.';

create or replace function check_new_order(kind text, target text, authorised_by text, granted timestamptz, expires timestamptz, happened timestamptz) returns void
language plpgsql stable as $$
begin
  perform refuse_faults(
    case when target = any (order_way(order_machine(kind))) then '[]'::jsonb
         else jsonb_build_array(fault_at('/status', 'not_allowed', 'This kind of order cannot be recorded in this state.')) end
    || order_faults(kind, target, authorised_by, granted, expires, happened));
end $$;
comment on function check_new_order(text, text, text, timestamptz, timestamptz, timestamptz) is 'SL422 with all that is wrong with a new order.';

-- An order that is learnt of when it already stands was considered and applied for all the same: each move is recorded.
create or replace function advance_order(id uuid, target text) returns void language plpgsql as $$
declare
  way  text[];
  step text;
begin
  select order_way(o.machine) into way from protection_order o where o.force_id = current_force() and o.order_id = id;
  foreach step in array way[2:array_position(way, target)] loop
    update protection_order set status = step where force_id = current_force() and order_id = id;
  end loop;
end $$;
comment on function advance_order(uuid, text) is 'Takes a new order through the states up to the one it stands in.';

create or replace function record_order_move() returns trigger language plpgsql as $$
begin
  insert into protection_order_transition (force_id, transition_id, order_id, case_id, number, from_status, to_status, reason, occurred_at,
                                           conditions_before, expires_before)
  values (new.force_id, uuid_now(), new.order_id, new.case_id, new.version, old.status, new.status, new.reason, new.status_since,
          old.conditions, old.expires_at);
  return null;
end $$;
comment on function record_order_move() is 'Every move of an order is a fact of its own, which keeps what it varied.';

drop trigger if exists b_stays on protection_order;
create trigger b_stays before update of status on protection_order
  for each row when (old.status = new.status) execute function refuse_to_stay('');
drop trigger if exists c_transition on protection_order;
create trigger c_transition after update of status on protection_order for each row execute function record_order_move();

create or replace function check_order_move(id uuid, target text, authorised_by text, granted timestamptz, expires timestamptz, happened timestamptz) returns void
language plpgsql stable as $$
declare
  standing protection_order;
begin
  select * into standing from protection_order o where o.force_id = current_force() and o.order_id = id;
  perform refuse_faults(order_faults(standing.kind, target, coalesce(authorised_by, standing.authorised_by),
                                     coalesce(granted, standing.granted_at), coalesce(expires, standing.expires_at), happened));
end $$;
comment on function check_order_move(uuid, text, text, timestamptz, timestamptz, timestamptz) is 'SL422 with all that a move of an order lacks.';

create or replace function breach_faults(id uuid, action text, action_at timestamptz, occurred timestamptz) returns jsonb
language plpgsql stable as $$
declare
  standing text;
  hours    int := (setting_value('breach_action_hours'))::int;
  faults   jsonb := moment_faults(occurred, null);
begin
  select o.status into standing from protection_order o where o.force_id = current_force() and o.order_id = id;
  if action = 'none' then
    faults := faults || fault('breach_without_action', 'The order was breached and nothing was done.');
  elsif action_at > occurred + make_interval(hours => hours) then
    faults := faults || fault('breach_action_late', format('Action came more than %s hours after the breach.', hours));
  end if;
  if standing not in ('granted', 'active', 'varied', 'served', 'listed') then
    faults := faults || fault('order_not_active', 'The order is not recorded as in force.');
  end if;
  return faults;
end $$;
comment on function breach_faults(uuid, text, timestamptz, timestamptz) is 'Which rules a breach and what was done about it broke.';

-- Servings and actions are facts: kept whatever they broke.

create or replace function served_on(of_order uuid, named uuid) returns uuid language plpgsql stable as $$
declare
  suspect uuid;
begin
  select c.perpetrator_id into suspect
  from   protection_order o join case_file c on c.force_id = o.force_id and c.case_id = o.case_id
  where  o.force_id = current_force() and o.order_id = of_order;
  if coalesce(named, suspect) is null then
    perform refuse_faults(jsonb_build_array(fault_at('/personId', 'required', 'The case knows no perpetrator: say on whom it was served.')));
  end if;
  return coalesce(known_person(named, '/personId'), suspect);
end $$;
comment on function served_on(uuid, uuid) is 'On whom an order was served: who is named, or the case''s perpetrator.';

create or replace function compute_serving() returns trigger language plpgsql as $$
declare
  standing protection_order;
begin
  select * into standing from protection_order o where o.force_id = new.force_id and o.order_id = new.order_id;
  new.faults := moment_faults(new.occurred_at, null);
  if standing.status in ('considered', 'applied', 'not_pursued', 'refused') then
    new.faults := new.faults || fault('order_not_granted', 'What was served is not recorded as granted or authorised.');
  elsif new.occurred_at < standing.granted_at then
    new.faults := new.faults || fault('served_before_granted', 'It was served before it was granted.');
  end if;
  if not exists (select from case_file c where c.force_id = new.force_id and c.case_id = new.case_id
                 and coalesce(c.perpetrator_id, new.person_id) = new.person_id) then
    new.faults := new.faults || fault('served_on_another', 'It was served on someone else than the case''s perpetrator.');
  end if;
  new.compliant := new.faults = '[]';
  return new;
end $$;
comment on function compute_serving() is 'Whether an order was served when it could be, and on whom it binds.';
drop trigger if exists c_compute on protection_order_serving;
create trigger c_compute before insert on protection_order_serving for each row execute function compute_serving();

-- The law's clocks. Hours of a day that is left out don't count; a year is far more than any deadline needs.
create or replace function hearing_deadline(given timestamptz) returns timestamptz language plpgsql stable strict as $$
declare
  closed jsonb := setting_value('bank_holidays');
  left_over interval := make_interval(hours => setting_value('order_hearing_hours')::int);
  day    date := (given at time zone 'Europe/London')::date;
  begins timestamptz := given;
  ends   timestamptz;
begin
  for ahead in 0 .. 366 loop
    ends := (day + 1)::timestamp at time zone 'Europe/London';
    if extract(isodow from day) < 7 and to_char(day, 'MM-DD') <> '12-25' and not closed ? to_char(day, 'YYYY-MM-DD') then
      exit when left_over <= ends - begins;
      left_over := left_over - (ends - begins);
    end if;
    begins := ends;
    day := day + 1;
  end loop;
  return begins + left_over;
end $$;
comment on function hearing_deadline(timestamptz) is 'By when magistrates must hear of a notice that was given then.';

create or replace function notification_deadline(made timestamptz) returns timestamptz language sql stable strict as $$
  select ((made at time zone 'Europe/London')::date + setting_value('order_notification_days')::int)::timestamp at time zone 'Europe/London'
$$;
comment on function notification_deadline(timestamptz) is 'Until when who is bound by an order made then may tell the police of name and address.';

-- Null where there is no such deadline, or not yet. A hearing that was adjourned was one.
create or replace function order_deadlines(of_order uuid, kind text, granted timestamptz, at timestamptz,
                                           out hear_by timestamptz, out heard_at timestamptz, out notify_by timestamptz, out notified_at timestamptz)
language plpgsql stable as $$
#variable_conflict use_column
declare
  here text := current_force();
begin
  if kind in ('dapn', 'dvpn') then
    hear_by := hearing_deadline(least(
      (select min(t.occurred_at) from protection_order_transition t
       where  t.force_id = here and t.order_id = of_order and t.to_status = 'served' and t.recorded_at <= at),
      (select min(s.occurred_at) from protection_order_serving s where s.force_id = here and s.order_id = of_order and s.recorded_at <= at)));
    heard_at := least(
      (select min(t.occurred_at) from protection_order_transition t
       where  t.force_id = here and t.order_id = of_order and t.to_status = 'determined' and t.recorded_at <= at),
      (select min(h.occurred_at) from protection_order_hearing h where h.force_id = here and h.order_id = of_order and h.recorded_at <= at));
  elsif kind = 'dapo' then
    notify_by := notification_deadline((
      select coalesce(granted, t.occurred_at) from protection_order_transition t
      where  t.force_id = here and t.order_id = of_order and t.to_status = 'granted' and t.recorded_at <= at));
    notified_at := (select min(n.occurred_at) from protection_order_notification n
                    where  n.force_id = here and n.order_id = of_order and n.recorded_at <= at and n.result in ('complete', 'not_required'));
  end if;
end $$;
comment on function order_deadlines(uuid, text, timestamptz, timestamptz) is 'What the law''s clocks of a notice or an order show, as known at a moment.';

create or replace function compute_hearing() returns trigger language plpgsql as $$
declare
  standing protection_order;
begin
  select * into standing from protection_order o where o.force_id = new.force_id and o.order_id = new.order_id;
  new.faults := moment_faults(new.occurred_at, null);
  if new.occurred_at > (order_deadlines(new.order_id, standing.kind, standing.granted_at, domain_now())).hear_by
     and not exists (select from protection_order_hearing h where h.force_id = new.force_id and h.order_id = new.order_id
                     and h.occurred_at < new.occurred_at) then
    new.faults := new.faults || fault('heard_late', format('It was heard more than %s hours after the notice was given.', setting_value('order_hearing_hours')));
  end if;
  if new.outcome = 'adjourned' and new.adjourned_to is null then
    new.faults := new.faults || fault('adjourned_without_date', 'It was adjourned, and to when is not said.');
  end if;
  new.compliant := new.faults = '[]';
  return new;
end $$;
comment on function compute_hearing() is 'Whether magistrates heard of a notice in time: the first hearing counts.';
drop trigger if exists c_compute on protection_order_hearing;
create trigger c_compute before insert on protection_order_hearing for each row execute function compute_hearing();

create or replace function compute_order_notification() returns trigger language plpgsql as $$
declare
  standing protection_order;
begin
  select * into standing from protection_order o where o.force_id = new.force_id and o.order_id = new.order_id;
  new.faults := moment_faults(new.occurred_at, null);
  if new.occurred_at >= (order_deadlines(new.order_id, standing.kind, standing.granted_at, domain_now())).notify_by then
    new.faults := new.faults || fault('notified_late', format('The police were told after the %s days allowed.', setting_value('order_notification_days')));
  end if;
  if new.result in ('name_only', 'address_only') then
    new.faults := new.faults || fault('notification_incomplete', 'Name and address are both to be told.');
  end if;
  new.compliant := new.faults = '[]';
  return new;
end $$;
comment on function compute_order_notification() is 'Whether the police were told of name and address in time, and of both.';
drop trigger if exists c_compute on protection_order_notification;
create trigger c_compute before insert on protection_order_notification for each row execute function compute_order_notification();

select make_seen('seen_breach', 'protection_order_breach', 'breach_id');

create or replace function compute_breach_action() returns trigger language plpgsql as $$
declare
  breached timestamptz;
  hours    int := (setting_value('breach_action_hours'))::int;
begin
  select b.occurred_at into breached from protection_order_breach b where b.force_id = new.force_id and b.breach_id = new.breach_id;
  new.faults := moment_faults(new.occurred_at, null);
  if new.occurred_at < breached then
    new.faults := new.faults || fault('before_the_breach', 'The moment given lies before the breach.');
  elsif new.occurred_at > breached + make_interval(hours => hours) then
    new.faults := new.faults || fault('breach_action_late', format('Action came more than %s hours after the breach.', hours));
  end if;
  new.compliant := new.faults = '[]';
  return new;
end $$;
comment on function compute_breach_action() is 'Whether action on a breach came in time.';
drop trigger if exists c_compute on protection_order_breach_action;
create trigger c_compute before insert on protection_order_breach_action for each row execute function compute_breach_action();

drop view if exists protection_order_breach_shown;
create view protection_order_breach_shown with (security_invoker = true) as
select b.force_id, b.breach_id, b.order_id, b.case_id, b.contact_id, b.description, b.action, b.action_at, b.action_note, a.actions,
       least(case when b.action <> 'none' then coalesce(b.action_at, b.recorded_at) end, a.first_at) as acted_at, b.occurred_at,
       b.compliant, b.faults, b.recorded_by, b.recorded_at, b.version,
       concat_ws(' ', 'protection_order_breach:' || b.breach_id || ':' || b.version, a.seen) as seen
from   protection_order_breach b
cross  join lateral (
         select coalesce(jsonb_agg(jsonb_build_object(
                  'actionId', t.action_id, 'action', t.action, 'occurredAt', instant(t.occurred_at), 'takenBy', t.taken_by, 'note', t.note,
                  'recordedBy', t.recorded_by, 'compliant', t.compliant, 'faults', t.faults) order by t.occurred_at, t.action_id), '[]') as actions,
                min(t.occurred_at) as first_at,
                string_agg('protection_order_breach_action:' || t.action_id || ':' || t.version, ' ') as seen
         from   protection_order_breach_action t where t.force_id = b.force_id and t.breach_id = b.breach_id) a;
comment on view protection_order_breach_shown is 'Breaches as they are answered, each with what was done about it.';
grant select on protection_order_breach_shown to secondlook_app;

drop view if exists protection_order_shown;
create view protection_order_shown with (security_invoker = true) as
select o.force_id, o.order_id, o.case_id, o.kind, o.status, o.reference, o.court, o.conditions, o.reason, o.applicant, o.authorised_by,
       o.authorised_rank, o.electronic_monitoring, o.granted_at,
       o.expires_at,
       o.status in ('active', 'varied', 'served', 'listed') and coalesce(o.expires_at > domain_now(), true) as in_force,
       (select min(s.occurred_at) from protection_order_serving s where s.force_id = o.force_id and s.order_id = o.order_id) as served_at,
       d.hear_by, d.heard_at, d.notify_by, d.notified_at,
       (select count(*) from protection_order_breach b where b.force_id = o.force_id and b.order_id = o.order_id) as breaches,
       o.status_since, o.recorded_by, o.recorded_at, o.version, 'protection_order:' || o.order_id || ':' || o.version as seen
from   protection_order o cross join lateral order_deadlines(o.order_id, o.kind, o.granted_at, domain_now()) d;
comment on view protection_order_shown is 'Orders as they are answered.';
grant select on protection_order_shown to secondlook_app;

grant execute on function seen_order(uuid), order_machine(text), order_faults(text, text, text, timestamptz, timestamptz, timestamptz), order_way(text),
  check_new_order(text, text, text, timestamptz, timestamptz, timestamptz), advance_order(uuid, text), record_order_move(),
  check_order_move(uuid, text, text, timestamptz, timestamptz, timestamptz), breach_faults(uuid, text, timestamptz, timestamptz),
  served_on(uuid, uuid), compute_serving(), hearing_deadline(timestamptz), notification_deadline(timestamptz),
  order_deadlines(uuid, text, timestamptz, timestamptz), compute_hearing(), compute_order_notification(), seen_breach(uuid),
  compute_breach_action() to secondlook_app;
grant execute on function hearing_deadline(timestamptz), notification_deadline(timestamptz),
  order_deadlines(uuid, text, timestamptz, timestamptz) to secondlook_detector;
