-- Records a change of the response grade as it happened; the contact follows its latest change. What broke a rule is stored all the same, with its faults.
insert into response_grade_change (force_id, change_id, contact_id, occurred_at, to_grade, reason, authorised_by, victim_spoken_to, fresh_assessment)
values (:force, :newId, seen_contact(:contactId), coalesce(:occurredAt, domain_now()), :toGrade, :reason, :authorisedBy, :victimSpokenTo, coalesce(:freshAssessment, false))
returning change_id, contact_id, occurred_at, from_grade, to_grade, target_at, reason, authorised_by,
          victim_spoken_to, fresh_assessment, compliant, faults, recorded_by, recorded_at, version, version as "@etag"
