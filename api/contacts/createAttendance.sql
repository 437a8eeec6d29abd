-- Records that officers reached the place. What broke a rule is stored all the same, with its faults.
insert into attendance (force_id, attendance_id, contact_id, occurred_at, dispatched_at, officers, victim_seen, note)
values (:force, :newId, seen_contact(:contactId), coalesce(:occurredAt, domain_now()), :dispatchedAt, array(select jsonb_array_elements_text(:officers)), :victimSeen, :note)
returning attendance_id, contact_id, occurred_at, dispatched_at, to_jsonb(officers) as officers, victim_seen, note,
          compliant, faults, recorded_by, recorded_at, version, version as "@etag"
