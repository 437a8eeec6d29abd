-- Every table of records gets its policy, its triggers and its grants here, from one list. A table with a force_id that
-- is missing from the list stops the migration.

do $$
declare
  guarded record;
  forgotten text;
  shown    text;
  updatable text;
  branch   text;
  branches text := '';
  kinds    text[] := '{}';
begin
  create temporary table guard (
    relation text, table_name text, id_column text, case_column text, machine text,
    visibility text,      -- of a force of which something is hidden: which rows are visible
    updates text          -- columns the app may update; '' for records of judgement and facts
  ) on commit drop;
  insert into guard values
  ('client', 'client', 'client_id', '', null, null, 'roles,acts_alone,enabled'),
  ('staff', 'staff', 'staff_id', '', null, null, 'name,roles,enabled'),
  ('setting', 'setting', 'setting_id', '', null, null, ''),
  ('person', 'person', 'person_id', '', null, 'person_is_shown(force_id, person_id)',
   'given_name,family_name,aliases,date_of_birth,phones,addresses,external_references,works_for_police,safe_contact'),
  ('case', 'case_file', 'case_id', 'case_id', 'case', 'case_is_shown(force_id, case_id)', 'reference,perpetrator_id,status,summary,restricted,reason'),
  ('case_restriction', 'case_restriction', 'case_id', 'case_id', null, 'case_is_shown(force_id, case_id)', 'restricted,blocked,permitted,supervisor,reason'),
  ('case_person', 'case_person', 'case_person_id', 'case_id', null, 'case_is_shown(force_id, case_id)', 'active,reason'),
  ('contact', 'contact', 'contact_id', '', null, 'contact_is_shown(force_id, contact_id)', 'response_grade,target_at,crime_reference'),
  ('contact_person', 'contact_person', 'contact_person_id', '', null, 'contact_is_shown(force_id, contact_id) and person_is_shown(force_id, person_id)', ''),
  ('contact_case', 'contact_case', 'link_id', 'case_id', null, 'record_is_shown(force_id, case_id, contact_id)', 'active,reason'),
  ('response_grade_change', 'response_grade_change', 'change_id', '', null, 'contact_is_shown(force_id, contact_id)', ''),
  ('attendance', 'attendance', 'attendance_id', '', null, 'contact_is_shown(force_id, contact_id)', ''),
  ('closure', 'closure', 'closure_id', '', null, 'contact_is_shown(force_id, contact_id)', ''),
  ('history_check', 'history_check', 'check_id', '', null, 'contact_is_shown(force_id, contact_id)', ''),
  ('alert', 'alert', 'alert_id', 'case_id', 'alert', 'force_id = current_force() and not alert_is_hidden(case_id, contact_id, evidence)', 'status,reason,decided_at,decided_by'),
  ('alert_decision', 'alert_decision', 'decision_id', 'case_id', null, 'record_is_shown(force_id, case_id, contact_id) and not alert_is_blocked(alert_id)', ''),
  ('decision_check', 'decision_check', 'check_id', 'case_id', null, 'record_is_shown(force_id, case_id, contact_id)', 'told_handler_at'),
  ('missed_opportunity', 'missed_opportunity', 'opportunity_id', 'case_id', 'missed_opportunity',
   'record_is_shown(force_id, case_id, contact_id) and not alert_is_blocked(alert_id)',
   'status,reason,action,assigned_to,due_at,remedy,status_since'),
  ('missed_opportunity_transition', 'missed_opportunity_transition', 'transition_id', 'case_id', null,
   'record_is_shown(force_id, case_id, contact_id) and not opportunity_is_blocked(opportunity_id)', ''),
  ('primary_aggressor_assessment', 'primary_aggressor_assessment', 'judgement_id', 'case_id', null, 'case_is_shown(force_id, case_id)', ''),
  ('case_break_glass', 'case_break_glass', 'break_glass_id', 'case_id', null, 'case_is_shown(force_id, case_id)', ''),
  ('annotation', 'annotation', 'annotation_id', 'case_id', null, 'record_is_shown(force_id, case_id, contact_id)', ''),
  ('annotation_acknowledgement', 'annotation_acknowledgement', 'acknowledgement_id', 'case_id', null, 'case_is_shown(force_id, case_id)', ''),
  ('service', 'service', 'service_id', '', null, null, 'name,acknowledge_within_hours,recipients,note,enabled'),
  ('referral', 'referral', 'referral_id', 'case_id', 'referral', 'case_is_shown(force_id, case_id)',
   'status,reason,service_reference,outcome,outcome_note,sent_at,acknowledge_by,status_since,recipients'),
  ('referral_transition', 'referral_transition', 'transition_id', 'case_id', null, 'case_is_shown(force_id, case_id)', ''),
  ('referral_chase', 'referral_chase', 'chase_id', 'case_id', null, 'case_is_shown(force_id, case_id)', ''),
  ('protection_order', 'protection_order', 'order_id', 'case_id', '', 'case_is_shown(force_id, case_id)',
   'status,reason,reference,court,conditions,applicant,authorised_by,authorised_rank,electronic_monitoring,granted_at,expires_at,status_since'),
  ('protection_order_transition', 'protection_order_transition', 'transition_id', 'case_id', null, 'case_is_shown(force_id, case_id)', ''),
  ('protection_order_breach', 'protection_order_breach', 'breach_id', 'case_id', null, 'case_is_shown(force_id, case_id)', ''),
  ('protection_order_breach_action', 'protection_order_breach_action', 'action_id', 'case_id', null, 'case_is_shown(force_id, case_id)', ''),
  ('protection_order_serving', 'protection_order_serving', 'serving_id', 'case_id', null, 'case_is_shown(force_id, case_id)', ''),
  ('protection_order_hearing', 'protection_order_hearing', 'hearing_id', 'case_id', null, 'case_is_shown(force_id, case_id)', ''),
  ('protection_order_notification', 'protection_order_notification', 'notification_id', 'case_id', null, 'case_is_shown(force_id, case_id)', ''),
  ('disclosure', 'disclosure', 'disclosure_id', 'case_id', 'disclosure', 'force_id = current_force() and not disclosure_is_hidden(case_id, person_id, recipient_id)',
   'status,initial_check,initial_check_by,initial_check_at,decision,basis,decision_reason,decided_by,decided_at,safe_delivery,disclosed,answered_at,reason,status_since'),
  ('disclosure_transition', 'disclosure_transition', 'transition_id', 'case_id', null, 'force_id = current_force() and not disclosure_is_hidden(case_id, person_id, null)', ''),
  ('school_notification', 'school_notification', 'notification_id', 'case_id', null, 'record_is_shown(force_id, case_id, contact_id)', ''),
  ('video_response', 'video_response', 'response_id', '', 'video_response', 'contact_is_shown(force_id, contact_id)',
   'status,emergency,offender_absent,victim_safe,victim_able,victim_chose,consent,consent_note,scheduled_for,started_at,ended_at,outcome,outcome_note,reason,compliant,faults,status_since'),
  ('video_response_transition', 'video_response_transition', 'transition_id', '', null, 'contact_is_shown(force_id, contact_id)', ''),
  ('advice', 'advice', 'advice_id', 'case_id', 'advice', 'record_is_shown(force_id, case_id, contact_id)',
   'status,answer,given_by,given_at,action,settled_by,settled_at,reason,compliant,faults,status_since'),
  ('advice_transition', 'advice_transition', 'transition_id', 'case_id', null, 'record_is_shown(force_id, case_id, contact_id)', ''),
  ('call_listening', 'call_listening', 'listening_id', '', null, 'contact_is_shown(force_id, contact_id)', ''),
  ('call_feedback', 'call_feedback', 'feedback_id', '', null, 'contact_is_shown(force_id, contact_id)', ''),
  ('feedback_acknowledgement', 'feedback_acknowledgement', 'acknowledgement_id', '', null, 'contact_is_shown(force_id, contact_id)', ''),
  ('training_session', 'training_session', 'session_id', '', 'training_session', null, 'status,held_at,reason,status_since'),
  ('training_session_transition', 'training_session_transition', 'transition_id', '', null, null, ''),
  ('training_attendance', 'training_attendance', 'attendance_id', '', null, null, ''),
  ('shift', 'shift', 'shift_id', '', 'shift', null, 'status,started_at,ended_at,reason,status_since'),
  ('shift_transition', 'shift_transition', 'transition_id', '', null, null, ''),
  ('sandbox_clock_setting', 'sandbox_clock_setting', 'clock_setting_id', '', null, null, ''),
  ('assessment', 'assessment', 'assessment_id', 'case_id', null, 'case_is_shown(force_id, case_id)', ''),
  ('review_item', 'review_item', 'item_id', 'case_id', 'review_item', 'item_is_shown(force_id, case_id, contact_id, reasons)',
   'status,claimed_by,claimed_at,lease_until,taken_from,reason,review_id,outcome'),
  ('review', 'review', 'review_id', 'case_id', null, 'case_is_shown(force_id, case_id)', ''),
  ('review_authorisation', 'review_authorisation', 'authorisation_id', 'case_id', null, 'case_is_shown(force_id, case_id)', ''),
  ('latest_grade', 'latest_grade', 'case_id', 'case_id', null, 'case_is_shown(force_id, case_id)', ''),
  ('legal_hold', 'legal_hold', 'hold_id', 'case_id', null, 'case_is_shown(force_id, case_id)', ''),
  ('legal_hold_lifting', 'legal_hold_lifting', 'lifting_id', 'case_id', null, 'case_is_shown(force_id, case_id)', ''),
  ('erasure', 'erasure', 'erasure_id', '', null, 'force_id = current_force() and not erasure_is_hidden(subject_kind, subject_id)', ''),
  ('export', 'export', 'export_id', 'case_id', null, 'case_is_shown(force_id, case_id)', '');

  for guarded in select * from guard loop
    execute format('alter table %I enable row level security', guarded.table_name);
    execute format('alter table %I force row level security', guarded.table_name);
    execute format('drop policy if exists own_force on %I', guarded.table_name);
    shown := case when guarded.visibility is null then 'force_id = (select current_force())'
                  else 'force_id = (select whole_force()) or ' || guarded.visibility end;
    -- When a context has ended its settings are empty: nothing is written then.
    execute format('create policy own_force on %1$I to secondlook_app using (%2$s) with check (force_id <> %3$L and (%2$s))', guarded.table_name, shown, '');
    -- The clock sees the whole of the force that it looks at. Word for word what its rules themselves say of each table: then the planner
    -- asks it once, of the index. Said in any other way it is a condition more on every row.
    execute format('drop policy if exists clock_looks on %I', guarded.table_name);
    execute format('create policy clock_looks on %I to secondlook_detector using (force_id = current_force())', guarded.table_name);
    execute format('grant select on %I to secondlook_detector', guarded.table_name);

    execute format('revoke all on %I from secondlook_app', guarded.table_name);
    execute format('grant select on %I to secondlook_app', guarded.table_name);
    -- The initial state and the version are the table's defaults, never the statement's.
    execute format('grant insert (%s) on %I to secondlook_app',
      (select string_agg(quote_ident(column_name), ', ') from information_schema.columns c
       where c.table_schema = 'public' and c.table_name = guarded.table_name
       and column_name not in ('version', 'changed_by', 'changed_at')
       and not (guarded.machine is not null and column_name = 'status')),
      guarded.table_name);
    updatable := guarded.updates;
    execute format('drop trigger if exists a_version on %I', guarded.table_name);
    execute format('drop trigger if exists b_move on %I', guarded.table_name);
    if updatable <> '' then
      execute format('grant update (version, %s) on %I to secondlook_app', updatable, guarded.table_name);
      execute format('create trigger a_version before update on %I for each row execute function check_version()', guarded.table_name);
    end if;
    if guarded.machine is not null then
      execute format('create trigger b_move before update of status on %I for each row execute function check_move(%L)',
                     guarded.table_name, guarded.machine);
    end if;

    execute format('drop trigger if exists zz_ledger on %I', guarded.table_name);
    execute format('create trigger zz_ledger after insert or update or delete on %I for each row execute function write_line(%L, %L, %L)',
                   guarded.table_name, guarded.relation, guarded.id_column, guarded.case_column);
    execute format('alter table %I enable always trigger zz_ledger', guarded.table_name);
    execute format('drop trigger if exists zz_truncate on %I', guarded.table_name);
    execute format('create trigger zz_truncate before truncate on %I for each statement execute function refuse_truncate()', guarded.table_name);

    branch := annotated_branch(guarded.relation, guarded.table_name, guarded.id_column, guarded.case_column, guarded.visibility);
    branches := branches || branch;
    kinds := case when branch = '' then kinds else kinds || guarded.relation end;
  end loop;
  perform make_annotation_subject(branches, kinds);
  drop function if exists annotation_is_hidden(uuid, uuid, text, uuid), notification_is_hidden(uuid, uuid); -- which policies used to call

  -- Who erases may read any record of the force, and blank what may be erased; what finds a person, and what holds it, too.
  insert into record_kind select g.relation, g.table_name, g.id_column, g.updates <> '' from guard g
  on conflict (relation) do update
  set table_name = excluded.table_name, id_column = excluded.id_column, counts_itself = excluded.counts_itself
  where (record_kind.table_name, record_kind.id_column, record_kind.counts_itself)
        is distinct from (excluded.table_name, excluded.id_column, excluded.counts_itself);
  for guarded in
    select g.table_name, string_agg(quote_ident(m.member), ', ') || case when g.updates = '' then ', version' else '' end as blanked
    from   guard g left join erasable_member m using (relation) group by g.table_name, g.updates loop
    execute format('grant select on %I to secondlook_eraser', guarded.table_name);
    execute format('drop policy if exists erasing on %I', guarded.table_name);
    execute format('create policy erasing on %I to secondlook_eraser using (force_id = (select current_force()))', guarded.table_name);
    if guarded.blanked is not null then
      execute format('grant update (%s) on %I to secondlook_eraser', guarded.blanked, guarded.table_name);
    end if;
  end loop;
  drop policy if exists erasing on search_key;
  create policy erasing on search_key to secondlook_eraser using (force_id = (select current_force()));
  grant select, delete on search_key to secondlook_eraser;

  -- Written by triggers and functions only.
  revoke insert on alert, review_item, latest_grade, case_break_glass, referral_chase from secondlook_app;

  -- Identity is read before there is a force to read it for.
  foreach forgotten in array array['client', 'staff', 'case_restriction', 'case_break_glass'] loop
    execute format('drop policy if exists identity_reads on %I', forgotten);
    execute format('create policy identity_reads on %I for select to secondlook_identity using (true)', forgotten);
  end loop;

  -- Tables that have a force but no record of their own: derived from records, or written by the service itself.
  foreach forgotten in array array['search_key', 'idempotency_claim', 'due_check'] loop
    execute format('alter table %I enable row level security', forgotten);
    execute format('alter table %I force row level security', forgotten);
    execute format('drop policy if exists own_force on %I', forgotten);
    execute format('create policy own_force on %I to secondlook_app using (force_id = (select current_force()))'
                   ' with check (force_id <> %L and force_id = (select current_force()))', forgotten, '');
  end loop;
  drop policy if exists clock_looks on search_key;
  create policy clock_looks on search_key for select to secondlook_detector using (force_id = current_force());
  grant select on search_key to secondlook_app, secondlook_detector;

  -- The clock looks through all forces for what is due; the evidence of an open alert grows, and referrals are chased, by its hand alone.
  -- Who wrote an alert and when, new_alerts() says itself: no statement of a caller's does.
  drop policy if exists clock_works on due_check;
  create policy clock_works on due_check to secondlook_detector using (true) with check (true);
  grant insert (force_id, alert_id, detector, detector_version, severity, audience, case_id, contact_id, finding, evidence, once_key, is_detected,
                occurred_at, recorded_by, recorded_at, changed_by, changed_at), update (evidence, finding, contact_id) on alert to secondlook_detector;
  grant insert (force_id, chase_id, referral_id, case_id, number) on referral_chase to secondlook_detector;

  select string_agg(c.relname, ', ') into forgotten
  from   pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
  where  n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition and a.attname = 'force_id'
  and    not c.relrowsecurity and c.relname <> 'force';
  if forgotten is not null then
    raise exception 'without a policy: %', forgotten;
  end if;
  select string_agg(t.what, ', ') into forgotten from (
    select c.relname as what from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where  n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition
    and    obj_description(c.oid) is null and c.relname <> 'secondlook_migration'
    union all
    select c.relname || '.' || a.attname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    join   pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where  n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition
    and    col_description(c.oid, a.attnum) is null and c.relname <> 'secondlook_migration') t;
  if forgotten is not null then
    raise exception 'without a comment: %', forgotten;
  end if;
end $$;
