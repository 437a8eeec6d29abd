-- Protection orders and notices: the states they may be recorded in, their moves as facts, and breaches.

insert into setting_definition values
('dvpo_days', '28', 'The longest a domestic violence protection order may last, in days (Crime and Security Act 2010, section 28).'),
('breach_action_hours', '24', 'Hours from a breach of an order to action on it.')
on conflict (name) do update set default_value = excluded.default_value, description = excluded.description
where (setting_definition.default_value, setting_definition.description) is distinct from (excluded.default_value, excluded.description);

create or replace function seen_order(id uuid) returns uuid language plpgsql stable as $$
begin
  perform from protection_order o where o.force_id = current_force() and o.order_id = id;
  if not found then
    perform refuse('SL404', 'not_found');
  end if;
  return id;
end $$;
comment on function seen_order(uuid) is 'The order, when it may be seen, else SL404.';

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
  insert into protection_order_transition (force_id, transition_id, order_id, case_id, number, from_status, to_status, reason, occurred_at)
  values (new.force_id, uuid_now(), new.order_id, new.case_id, new.version, old.status, new.status, new.reason, new.status_since);
  return null;
end $$;
comment on function record_order_move() is 'Every move of an order is a fact of its own.';

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

drop view if exists protection_order_shown;
create view protection_order_shown with (security_invoker = true) as
select o.force_id, o.order_id, o.case_id, o.kind, o.status, o.reference, o.court, o.conditions, o.reason, o.authorised_by, o.granted_at,
       o.expires_at,
       o.status in ('active', 'varied', 'served', 'listed') and coalesce(o.expires_at > domain_now(), true) as in_force,
       (select count(*) from protection_order_breach b where b.force_id = o.force_id and b.order_id = o.order_id) as breaches,
       o.status_since, o.recorded_by, o.recorded_at, o.version, 'protection_order:' || o.order_id || ':' || o.version as seen
from   protection_order o;
comment on view protection_order_shown is 'Orders as they are answered.';
grant select on protection_order_shown to secondlook_app;

grant execute on function seen_order(uuid), order_machine(text), order_faults(text, text, text, timestamptz, timestamptz, timestamptz), order_way(text),
  check_new_order(text, text, text, timestamptz, timestamptz, timestamptz), advance_order(uuid, text), record_order_move(),
  check_order_move(uuid, text, text, timestamptz, timestamptz, timestamptz), breach_faults(uuid, text, timestamptz, timestamptz) to secondlook_app;
