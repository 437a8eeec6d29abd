-- What a detector's subject must have for it to be asked: calling one only for it to find that there is nothing to look into costs as much as
-- a look into an index.
alter table detector add column asked_if text;
comment on column detector.asked_if is 'Condition, in SQL, on the subject that it is asked about; null: it is always asked. From its file.';

-- An index is written for every alert and every place in the queue, whether or not anybody looks for it there.
alter table alert drop constraint alert_once;
create unique index alert_once on alert (force_id, detector, once_key) where once_key is not null;
drop index review_item_queue;
create index review_item_done on review_item (force_id, rank, due_at, item_id) where status = 'done';

-- Places in the queue are made by functions of ours alone, of an assessment or of a contact.
alter table review_item drop constraint review_item_of_one;

-- What the detectors ask of a pair's contacts stands in the index: among ten years of a nation's, each row is in a page of its own that nobody
-- has read lately.
drop index contact_case_by_contact, contact_case_by_time, contact_person_by_person;
create index contact_case_by_contact on contact_case (force_id, contact_id, case_id) include (recorded_at) where active;
create index contact_case_by_time on contact_case (force_id, case_id, occurred_at, contact_id) include (recorded_at) where active;
create index contact_person_by_person on contact_person (force_id, person_id, occurred_at, contact_id) include (role, recorded_at);

-- Its name goes into the context of a request as it is.
alter table client add constraint client_name check (name ~ '^[a-z0-9][a-z0-9-]*$');

-- What functions were called, or were called with, before; what called one of them is gone by then.
do $$
declare
  former record;
begin
  for former in select t.tgname, t.tgrelid::regclass as relation from pg_trigger t where t.tgname in ('zzzzz_due', 'zzzzz_due_contact') loop
    execute format('drop trigger %I on %s', former.tgname, former.relation);
  end loop;
end $$;
drop function if exists next_line_id(), define_detector(text, int, text, text, text, int, jsonb, text, text), call_detectors(text, uuid, timestamptz, jsonb, text),
  take_all_findings(text[], uuid[], jsonb, text), check_subjects(text[], uuid[], jsonb, text, int), new_alerts(detector_finding[]),
  raise_alert(text, uuid, uuid, text, jsonb), is_decided(text, uuid, uuid, jsonb), queue_alert(text, uuid, uuid), queue_alerts(text[], uuid, uuid),
  check_subject(text, uuid, jsonb, text, int), take_findings(text, uuid, jsonb, text), postpone_check(text, uuid, text, int),
  subject_of_alert(uuid, uuid), note_due(), cases_of_contact(uuid), cases_of_contact(uuid, timestamptz), standing_assessments(uuid[], timestamptz, timestamptz, int),
  conference_referred_at(uuid, timestamptz), attended_at(uuid, timestamptz), closed_at(uuid, timestamptz), seen_by_video_at(uuid, timestamptz),
  findings_of_contact(uuid, text, jsonb, timestamptz), referrals_made(uuid[], text[], timestamptz), words_of(jsonb);
do $$
declare
  former regprocedure;
begin
  for former in select p.oid from pg_proc p where p.pronamespace = 'public'::regnamespace and p.proname ~ '^detect_'
                and pg_get_function_identity_arguments(p.oid) ~ '^[a-z_]* ?uuid, ' loop
    execute format('drop function %s', former);
  end loop;
end $$;
