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
                    else to_jsonb(old) ->> 'name' = (current_request()).client end;
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

-- Lines of change are seen by whom the records are seen by.
drop policy if exists readers on ledger_line;
create policy readers on ledger_line as restrictive for select to secondlook_app using (
  case relation
      when 'annotation' then may_read_annotation(image ->> 'visibility', image ->> 'recorded_by', image ->> 'begun_by')
                             and annotated_is_seen(image ->> 'subject_kind', (image ->> 'subject_id')::uuid)
      when 'annotation_acknowledgement' then annotation_is_seen((image ->> 'annotation_id')::uuid)
      when 'export' then case when (image ->> 'include_looks')::boolean then 'auditor' else 'supervisor' end = any (current_staff_roles())
      else true end);

create or replace function ordered_upto() returns bigint language sql stable as
  $$ select position from ledger_horizon $$;
comment on function ordered_upto() is 'The last position that the sequencer has given.';

-- The words of enumerations, for people. The contract and the database's checks are the authority: the tests compare all three.
create or replace function word_shown(code text) returns text language sql immutable as
  $$ select upper(left(code, 1)) || replace(substr(code, 2), '_', ' ') $$;
comment on function word_shown(text) is 'A word of an enumeration as people read it, where it has no name of its own.';

-- A word may bring its name: code=Name.
create or replace function make_reference_list(of_list text, words text[]) returns void language plpgsql as $$
begin
  delete from reference_word where list = of_list and code <> all (array(select split_part(w, '=', 1) from unnest(words) w));
  insert into reference_word (list, code, number, name)
  select of_list, split_part(w.word, '=', 1), w.n, coalesce(nullif(split_part(w.word, '=', 2), ''), word_shown(w.word))
  from   unnest(words) with ordinality as w (word, n)
  on conflict (list, code) do update set number = excluded.number, name = excluded.name
  where (reference_word.number, reference_word.name) is distinct from (excluded.number, excluded.name);
end $$;
comment on function make_reference_list(text, text[]) is 'Sets a list of reference data to these words.';

select make_reference_list(list, words::text[]) from (values
('advice_urgencies', '{immediate,urgent,routine}'),
('alert_audiences', '{control_room,specialist,supervisor,administrator}'),
('alert_verdicts', '{confirm,dismiss,missed_opportunity}'),
('annotation_kinds', '{advice,feedback,risk_note,missed_opportunity,correction}'),
('annotation_visibilities', '{everyone=Everyone who may see the record,specialists_and_supervisors,author_and_supervisors}'),
('answer_sources', '{victim,officer,third_party,records}'),
('breach_actions', '{arrested,charged,summonsed,reported_to_court=Reported to the court,warned,none=Nothing was done}'),
('callers', '{victim,child,suspect,third_party,agency,silent,unknown}'),
('case_roles', '{victim,perpetrator,child,witness,relative,dependant,other}'),
('changes', '{collection,alteration,combination,disclosure,erasure}'),
('channels', '{call_999=999 call,call_101=101 call,online,third_party,agency,front_counter,officer}'),
('chase_channels', '{service=Through this service}'),
('checked_decisions', '{response_grade,deployment,closure,assessment_grade,history_check,call_handling,other}'),
('client_roles', '{call_handler,dispatcher,officer,specialist=Domestic-abuse specialist,supervisor,analyst,administrator,auditor,records_manager,system_client=System}'),
('closure_outcomes', '{attended_arrest=Attended: arrest,attended_no_arrest=Attended: no arrest,resolved_by_phone,appointment,no_trace,passed_on,duplicate,other}'),
('conference_criteria', '{visible_high_risk,professional_judgement,escalation,repeat}'),
('contact_roles', '{victim,suspect,child,witness,caller,other}'),
('disclosure_applicants', '{recipient=Who would be told,third_party,police,agency}'),
('disclosure_decisions', '{disclose,nothing_to_disclose,refuse}'),
('disclosure_recipients', '{person=The person at risk,third_party}'),
('disclosure_routes', '{right_to_ask,right_to_know}'),
('duplicate_reasons', '{same_pair,perpetrator_unknown,likely_same_people}'),
('engagement_themes', '{history_check,safety_questions,believed=Being believed,tone,grading,safe_contact,code_word,silent_call,children,suspect_nearby,recording=What was recorded}'),
('epoch_reasons', '{created,restored,rolled_back}'),
('grades', '{standard,medium,high}'),
('hearing_outcomes', '{order_made,order_refused,adjourned,withdrawn}'),
('history_matches', '{person_id=The person,reference,phone,name,date_of_birth,address,sound=The sound of the name,contact_phone=A contact''s phone,contact_reference=A contact''s reference,contact_address=A contact''s address}'),
('history_relations', '{matched,other_case_of_party=Another case of a party}'),
('known', '{yes,no,unknown=Not known}'),
('listening_manners', '{live,recorded}'),
('look_purposes', '{lawfulness_check=To verify that it was lawful,self_monitoring=Self-monitoring and discipline,integrity_and_security=Integrity and security of the data,criminal_proceedings}'),
('notification_methods', '{phone,email,portal,in_person,other}'),
('notification_outcomes', '{acknowledged,message_left,no_answer,not_at_this_school,other}'),
('order_applicants', '{victim,police,third_party,court=The court itself}'),
('order_notification_results', '{complete=Name and address,name_only,address_only,not_required}'),
('protection_order_kinds', '{dapn=Domestic abuse protection notice,dapo=Domestic abuse protection order,dvpn=Domestic violence protection notice,dvpo=Domestic violence protection order,non_molestation=Non-molestation order,occupation=Occupation order,restraining=Restraining order,stalking_protection=Stalking protection order,bail=Conditions of bail}'),
('ranks', '{inspector,chief_inspector,superintendent,chief_superintendent,chief_officer=Above chief superintendent}'),
('referral_bases', '{consent,vital_interest,prevent_serious_harm=To prevent serious harm,safeguarding_child=Safeguarding a child,safeguarding_adult=Safeguarding an adult,legal_duty,policing_purpose}'),
('referral_outcomes', '{engaged,support_completed,safety_plan_agreed,conference_held,victim_declined,could_not_reach=Could not be reached,not_eligible,other}'),
('response_grades', '{emergency,priority,scheduled,no_deployment}'),
('review_decisions', '{agree,raise,lower}'),
('service_kinds', '{marac=Multi-agency risk assessment conference,idva=Independent domestic violence adviser,advocacy,health,housing,childrens_services=Children''s services,adult_safeguarding,perpetrator_programme,police_unit,other}'),
('serving_methods', '{in_person,in_court,left_at_address,representative=By a representative,electronic,other}'),
('severities', '{information,warning,critical}'),
('staff_roles', '{call_handler,dispatcher,officer,specialist=Domestic-abuse specialist,supervisor,analyst,administrator,auditor,records_manager}'),
('video_consents', '{given,refused,not_asked}'),
('video_outcomes', '{statement_taken,evidence_taken,safety_plan_agreed,advice_given,victim_left,technical_failure,other}')
) as l (list, words);
grant select on reference_word to secondlook_app;

-- A machine's states are a list too; a notice is an order.
create or replace function machine_states() returns table (list text, code text) language sql stable as $$
  select distinct case m.machine when 'protection_notice' then 'protection_order' else m.machine end || '_statuses', s.state
  from   machine_move m, unnest(array[m."from", m."to"]) as s (state)
$$;
comment on function machine_states() is 'The states of each machine, as lists of reference data.';

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
    select jsonb_agg(jsonb_build_object('code', l.code, 'name', word_shown(l.code)) order by l.code)
    from  (select w.list as code from reference_word w union select s.list from machine_states() s
           union select unnest(array['forces', 'machines', 'lists'])) l)
  else coalesce(
    (select jsonb_agg(jsonb_build_object('code', w.code, 'name', w.name) order by w.number)
     from   reference_word w where w.list = reference_items.list),
    (select jsonb_agg(jsonb_build_object('code', s.code, 'name', word_shown(s.code)) order by s.code)
     from   machine_states() s where s.list = reference_items.list))
  end;
end $$;
comment on function reference_items(text) is 'The items of a list of reference data; null when there is no such list.';

grant execute on function type_faults(jsonb, jsonb, text), check_setting(text, jsonb, timestamptz), keep_own_access(), seen_sandbox(),
  ordered_upto(), word_shown(text), machine_states(), reference_items(text) to secondlook_app;
