-- The sandbox: two forces of invented people, with the clients and staff that every example uses.

create or replace function seed_sandbox() returns void language plpgsql as $$
declare
  of_force record;
begin
  update force set sandbox = true where force_id in ('west-midlands', 'northumbria') and not sandbox;
  insert into client (force_id, client_id, uri, name, roles, acts_alone)
  select c.force_id, uuid_now(), 'spiffe://secondlook/force/' || c.force_id || '/client/' || c.name, c.name, c.roles, c.alone
  from (values
    ('west-midlands', 'control-room-web', '{call_handler,dispatcher,officer,specialist,supervisor,analyst,administrator,auditor,records_manager}'::text[], false),
    ('west-midlands', 'command-and-control', '{system_client}', true),
    ('west-midlands', 'data-team', '{analyst}', true),
    ('west-midlands', 'revoked', '{call_handler}', false),
    ('west-midlands', 'expired', '{call_handler}', false),
    ('northumbria', 'control-room-web', '{call_handler,dispatcher,officer,specialist,supervisor,analyst,administrator,auditor,records_manager}', false),
    ('national', 'auditor', '{auditor}', true)) as c (force_id, name, roles, alone)
  where not exists (select from client k where k.force_id = c.force_id and k.name = c.name);

  for of_force in select * from (values ('west-midlands', 'WM'), ('northumbria', 'NB')) as f (id, prefix) loop
    insert into staff (force_id, staff_id, reference, name, roles)
    select of_force.id, uuid_now(), of_force.prefix || '-' || s.suffix, s.name, s.roles
    from (values
      ('CH-1', 'Asha Penrose', '{call_handler}'::text[]), ('CH-2', 'Tomas Birch', '{call_handler}'),
      ('DI-1', 'Ingrid Vale', '{dispatcher}'), ('OF-1', 'Marlon Keane', '{officer}'),
      ('SP-1', 'Nadia Thorne', '{specialist}'), ('SP-2', 'Owen Lacey', '{specialist}'),
      ('SU-1', 'Grace Holloway', '{supervisor}'), ('SU-2', 'Devan Marsh', '{supervisor}'),
      ('AN-1', 'Petra Lunn', '{analyst}'), ('AD-1', 'Callum Frost', '{administrator}'),
      ('AU-1', 'Ruth Amble', '{auditor}'), ('RM-1', 'Hilda Cope', '{records_manager}')) as s (suffix, name, roles)
    where not exists (select from staff t where t.force_id = of_force.id and t.reference = of_force.prefix || '-' || s.suffix);
  end loop;
end $$;
comment on function seed_sandbox() is 'Makes the sandbox''s clients and staff; idempotent.';
