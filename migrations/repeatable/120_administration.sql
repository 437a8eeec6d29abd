-- Administration: settings and their types, staff and clients, the sandbox's clock, what the feed shows, reference data.

-- A setting's default is its type: members, kinds of value, whole or not.
create or replace function type_faults(pattern jsonb, value jsonb, pointer text) returns jsonb language plpgsql immutable as $$
declare
  kind   text := jsonb_typeof(pattern);
  faults jsonb := '[]';
  member text;
begin
  if kind = 'null' then
    return faults;
  end if;
  if jsonb_typeof(value) is distinct from kind then
    return jsonb_build_array(fault_at(pointer, 'wrong_type', format('Must be of the type %s, as the default is.', kind)));
  end if;
  if kind = 'number' and pattern::numeric % 1 = 0 and value::numeric % 1 <> 0 then
    return jsonb_build_array(fault_at(pointer, 'wrong_type', 'Must be a whole number, as the default is.'));
  elsif kind = 'number' and value::numeric < 0 then
    return jsonb_build_array(fault_at(pointer, 'too_small', 'Must be at least 0.'));
  elsif kind = 'number' and value::numeric > 1000000 then
    return jsonb_build_array(fault_at(pointer, 'too_large', 'Must be at most 1000000.'));
  elsif kind = 'string' and pattern #>> '{}' ~ '^\d\d:\d\d$' and value #>> '{}' !~ '^([01]\d|2[0-3]):[0-5]\d$' then
    return jsonb_build_array(fault_at(pointer, 'pattern', 'Must be a time of day, as the default is: 08:30.'));
  end if;
  if kind = 'object' then
    for member in select k from jsonb_object_keys(pattern || value) k order by k loop
      if not value ? member then
        faults := faults || fault_at(pointer || '/' || member, 'required', 'Must be given: the default has it.');
      elsif not pattern ? member then
        faults := faults || fault_at(pointer || '/' || left(member, 64), 'unknown_member', 'The default has no such member.');
      else
        faults := faults || type_faults(pattern -> member, value -> member, pointer || '/' || member);
      end if;
    end loop;
  elsif kind = 'array' and jsonb_array_length(pattern) > 0 then
    for item in 0 .. jsonb_array_length(value) - 1 loop
      faults := faults || type_faults(pattern -> 0, value -> item, pointer || '/' || item);
    end loop;
  end if;
  return faults;
end $$;
comment on function type_faults(jsonb, jsonb, text) is 'Where a value is not of the shape of a default.';

create or replace function check_setting(setting_name text, value jsonb, effective_from timestamptz) returns void language plpgsql stable as $$
declare
  pattern jsonb;
  faults  jsonb := '[]';
begin
  select d.default_value into pattern from setting_definition d where d.name = setting_name;
  if not found then
    faults := faults || fault_at('/name', 'unknown_reference', 'No such setting.');
  else
    faults := faults || type_faults(pattern, value, '/value');
  end if;
  if effective_from < domain_now() - interval '5 minutes' then
    faults := faults || fault_at('/effectiveFrom', 'in_the_past', 'What was in force then is history: it must not lie in the past.');
  end if;
  perform refuse_faults(faults);
end $$;
comment on function check_setting(text, jsonb, timestamptz) is 'SL422 with all that is wrong with a new value of a setting.';

drop view if exists setting_shown;
create view setting_shown with (security_invoker = true) as
select s.force_id, s.setting_id, s.name, s.value, s.effective_from, s.reason, s.recorded_by, s.recorded_at, s.version,
       'setting:' || s.setting_id || ':' || s.version as seen
from   setting s;
comment on view setting_shown is 'Values of settings as they are answered.';

drop view if exists staff_shown;
create view staff_shown with (security_invoker = true) as
select s.force_id, s.staff_id, s.reference, s.name, to_jsonb(s.roles) as roles, s.enabled, s.changed_by, s.changed_at, s.version,
       'staff:' || s.staff_id || ':' || s.version as seen
from   staff s;
comment on view staff_shown is 'Staff as they are answered.';

drop view if exists client_shown;
create view client_shown with (security_invoker = true) as
select c.force_id, c.client_id, c.name, c.uri, to_jsonb(c.roles) as roles, c.acts_alone, c.enabled, c.changed_by, c.changed_at, c.version,
       'client:' || c.client_id || ':' || c.version as seen
from   client c;
comment on view client_shown is 'Clients as they are answered.';
grant select on setting_shown, staff_shown, client_shown to secondlook_app;

-- Nobody may lock themselves out: what another administrator would have to undo needs another administrator to do.
create or replace function keep_own_access() returns trigger language plpgsql as $$
declare
  is_own boolean := case tg_table_name when 'staff' then to_jsonb(old) ->> 'reference' = current_actor()
                    else to_jsonb(old) ->> 'name' = current_setting('secondlook.client', true) end;
begin
  if is_own and not (new.enabled and 'administrator' = any (new.roles)) then
    perform refuse('SL409', 'own_access');
  end if;
  return new;
end $$;
comment on function keep_own_access() is 'An administrator can''t end their own access, nor that of the client they work through.';
drop trigger if exists c_own_access on staff;
create trigger c_own_access before update on staff for each row execute function keep_own_access();
drop trigger if exists c_own_access on client;
create trigger c_own_access before update on client for each row execute function keep_own_access();

-- The app's role can't change a force: the record of the change makes it. The clock is a distance from real time, so it runs on.
create or replace function set_sandbox_clock() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update force set clock_offset = new.set_to - statement_timestamp() where force_id = new.force_id and sandbox;
  if not found then
    perform refuse('SL404', 'not_found');
  end if;
  return null;
end $$;
comment on function set_sandbox_clock() is 'Sets the clock of a sandbox as its record says; any other force is SL404.';
alter function set_sandbox_clock() owner to secondlook_identity;
grant update (clock_offset) on force to secondlook_identity;
drop trigger if exists c_clock on sandbox_clock_setting;
create trigger c_clock after insert on sandbox_clock_setting for each row execute function set_sandbox_clock();

create or replace function seen_sandbox() returns text language plpgsql stable as $$
begin
  perform from force f where f.force_id = current_force() and f.sandbox;
  if not found then
    perform refuse('SL404', 'not_found');
  end if;
  return current_force();
end $$;
comment on function seen_sandbox() is 'The force, when it is a sandbox, else SL404.';

-- Lines of change are seen by whom the records are seen by. Lines without a case are asked for one by one, but only where
-- something is hidden at all.
create or replace function line_is_hidden(relation text, record_id uuid, image jsonb) returns boolean language sql stable as $$
  select case when relation = 'person' then person_is_hidden(record_id)
              when relation = 'contact' then contact_is_hidden(record_id)
              when image ? 'contact_id' then contact_is_hidden((image ->> 'contact_id')::uuid)
              when image ? 'person_id' then person_is_hidden((image ->> 'person_id')::uuid)
              else false end
$$;
comment on function line_is_hidden(text, uuid, jsonb) is 'Whether a line tells of a contact or a person that this transaction may not see.';

drop policy if exists readers on ledger_line;
create policy readers on ledger_line as restrictive for select to secondlook_app using (
  ((select hidden_cases() = '{}') or not line_is_hidden(relation, record_id, image))
  and case relation
      when 'annotation' then may_read_annotation(image ->> 'visibility', image ->> 'recorded_by', image ->> 'begun_by')
      when 'annotation_acknowledgement' then annotation_is_seen((image ->> 'annotation_id')::uuid)
      else true end);

create or replace function ordered_upto() returns bigint language sql stable as
  $$ select position from ledger_horizon $$;
comment on function ordered_upto() is 'The last position that the sequencer has given.';

-- The words of enumerations, for people. The database's checks are the authority; the rows of tests/api compare the two.
insert into reference_word (list, code, number, name)
select list, code, number, name from (values
('grades', '{standard=Standard,medium=Medium,high=High}'),
('response_grades', '{emergency=Emergency,priority=Priority,scheduled=Scheduled,no_deployment=No deployment}'),
('channels', '{call_999=999 call,call_101=101 call,online=Online,third_party=Third party,agency=Agency,front_counter=Front counter,officer=Officer}'),
('callers', '{victim=Victim,child=Child,suspect=Suspect,third_party=Third party,agency=Agency,silent=Silent,unknown=Unknown}'),
('contact_roles', '{victim=Victim,suspect=Suspect,child=Child,witness=Witness,caller=Caller,other=Other}'),
('staff_roles', '{call_handler=Call handler,dispatcher=Dispatcher,officer=Officer,specialist=Domestic-abuse specialist,supervisor=Supervisor,analyst=Analyst,administrator=Administrator,auditor=Auditor}'),
('annotation_kinds', '{advice=Advice,feedback=Feedback,risk_note=Risk note,missed_opportunity=Missed opportunity,correction=Correction}'),
('annotation_visibilities', '{everyone=Everyone who may see the record,specialists_and_supervisors=Specialists and supervisors,author_and_supervisors=Author and supervisors}'),
('service_kinds', '{marac=Multi-agency risk assessment conference,idva=Independent domestic violence adviser,advocacy=Advocacy,health=Health,housing=Housing,childrens_services=Children''s services,adult_safeguarding=Adult safeguarding,perpetrator_programme=Perpetrator programme,police_unit=Police unit,other=Other}'),
('referral_bases', '{consent=Consent,vital_interest=Vital interest,prevent_serious_harm=To prevent serious harm,safeguarding_child=Safeguarding a child,safeguarding_adult=Safeguarding an adult,legal_duty=Legal duty,policing_purpose=Policing purpose}'),
('referral_outcomes', '{engaged=Engaged,support_completed=Support completed,safety_plan_agreed=Safety plan agreed,conference_held=Conference held,victim_declined=Victim declined,could_not_reach=Could not be reached,not_eligible=Not eligible,other=Other}'),
('conference_criteria', '{visible_high_risk=Visible high risk,professional_judgement=Professional judgement,escalation=Escalation,repeat=Repeat}'),
('protection_order_kinds', '{dapn=Domestic abuse protection notice,dapo=Domestic abuse protection order,dvpn=Domestic violence protection notice,dvpo=Domestic violence protection order,non_molestation=Non-molestation order,occupation=Occupation order,restraining=Restraining order,stalking_protection=Stalking protection order,bail=Conditions of bail}'),
('breach_actions', '{arrested=Arrested,charged=Charged,summonsed=Summonsed,reported_to_court=Reported to the court,warned=Warned,none=Nothing was done}')
) as l (list, words), unnest(words::text[]) with ordinality as w (word, n),
lateral (select split_part(word, '=', 1), n::int, split_part(word, '=', 2)) as p (code, number, name)
on conflict (list, code) do update set number = excluded.number, name = excluded.name
where (reference_word.number, reference_word.name) is distinct from (excluded.number, excluded.name);
grant select on reference_word to secondlook_app;

create or replace function reference_items(list text) returns jsonb language plpgsql stable as $$
begin
  return case list
  when 'forces' then (
    select jsonb_agg(jsonb_build_object('code', f.force_id, 'name', f.name, 'region', f.region, 'pilot', f.pilot) order by f.force_id)
    from   force f)
  when 'machines' then (
    select jsonb_agg(jsonb_build_object('code', m.machine, 'name', replace(m.machine, '_', ' '), 'states', m.states, 'moves', m.moves) order by m.machine)
    from  (select v.machine, jsonb_agg(jsonb_build_object('from', v."from", 'to', v."to", 'roles', v.roles, 'reasonRequired', v.reason_required)
                                       order by v."from", v."to") as moves,
                  (select jsonb_agg(distinct s) from machine_move w, unnest(array[w."from", w."to"]) s where w.machine = v.machine) as states
           from   machine_move v group by v.machine) m)
  when 'lists' then (
    select jsonb_agg(jsonb_build_object('code', l.code, 'name', initcap(left(l.code, 1)) || replace(substr(l.code, 2), '_', ' ')) order by l.code)
    from  (select distinct w.list as code from reference_word w union select unnest(array['forces', 'machines', 'lists'])) l)
  else (
    select jsonb_agg(jsonb_build_object('code', w.code, 'name', w.name) order by w.number)
    from   reference_word w where w.list = reference_items.list)
  end;
end $$;
comment on function reference_items(text) is 'The items of a list of reference data; null when there is no such list.';

grant execute on function type_faults(jsonb, jsonb, text), check_setting(text, jsonb, timestamptz), keep_own_access(), seen_sandbox(),
  line_is_hidden(text, uuid, jsonb), ordered_upto(), reference_items(text) to secondlook_app;
