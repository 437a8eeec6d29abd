-- Records that the log of a contact was closed. What broke a rule is stored all the same, with its faults.
insert into closure (force_id, closure_id, contact_id, occurred_at, outcome, victim_seen, victim_spoken_to, crime_reference, reason)
values (:force, :newId, seen_contact(:contactId), coalesce(:occurredAt, domain_now()), :outcome, :victimSeen, :victimSpokenTo, :crimeReference, :reason)
returning closure_id, contact_id, occurred_at, outcome, victim_seen, victim_spoken_to, crime_reference, reason,
          compliant, faults, recorded_by, recorded_at, version, version as "@etag"
