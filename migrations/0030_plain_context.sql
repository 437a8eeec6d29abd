-- What a policy compares is made ready anew at every scan of every statement, twice. An empty setting is no force's name (force_id's own check), so it
-- need not be turned into null first.
create or replace function current_force() returns text language sql stable parallel safe
  return current_setting('secondlook.force', true);
comment on function current_force() is 'The force this transaction acts for; null or empty outside a request, which is no force.';
