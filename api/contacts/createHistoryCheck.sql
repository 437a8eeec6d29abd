-- Records that someone looked up what was known before. What broke a rule is stored all the same, with its faults.
insert into history_check (force_id, check_id, contact_id, occurred_at, systems, findings, checked_by)
values (:force, :newId, seen_contact(:contactId), coalesce(:occurredAt, domain_now()), array(select jsonb_array_elements_text(:systems)), :findings, coalesce(:checkedBy, :actor))
returning check_id, contact_id, occurred_at, to_jsonb(systems) as systems, findings, checked_by, compliant, faults,
          recorded_by, recorded_at, version, version as "@etag"
