-- Legal holds: set, they stand until they are lifted, and nothing of their case is erased meanwhile.

-- A hold and an erasure of the same case wait for each other: the one that comes second sees what the first one did.
create or replace function hold_case() returns trigger language plpgsql as $$
begin
  perform from case_file c where c.force_id = new.force_id and c.case_id = new.case_id for no key update;
  return new;
end $$;
comment on function hold_case() is 'Holds the case against an erasure at the same moment.';
drop trigger if exists c_hold on legal_hold;
create trigger c_hold before insert on legal_hold for each row execute function hold_case();

create or replace function hold_stands(of_hold legal_hold) returns boolean language sql stable as $$
  select not exists (select from legal_hold_lifting l where l.force_id = of_hold.force_id and l.hold_id = of_hold.hold_id)
$$;
comment on function hold_stands(legal_hold) is 'Whether a hold has not been lifted.';

create or replace function holds_standing(cases uuid[]) returns setof legal_hold language sql stable rows 2 as $$
  select h.* from legal_hold h
  where  h.force_id = current_force() and h.case_id = any (cases) and hold_stands(h)
  order  by h.recorded_at, h.hold_id
$$;
comment on function holds_standing(uuid[]) is 'The holds that stand on any of these cases.';

create or replace function seen_hold(id uuid) returns legal_hold language plpgsql stable as $$
declare
  hold legal_hold;
begin
  select * into hold from legal_hold h where h.force_id = current_force() and h.hold_id = id;
  if not found then
    perform refuse('SL404', 'not_found');
  end if;
  return hold;
end $$;
comment on function seen_hold(uuid) is 'The hold, when it may be seen, else SL404.';

grant execute on function hold_stands(legal_hold), holds_standing(uuid[]), seen_hold(uuid) to secondlook_app, secondlook_eraser;
