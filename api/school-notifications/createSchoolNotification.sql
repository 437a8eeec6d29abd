-- Records that a child's school was told; kept also when it came late, and then it says so.
select check_new_notification(:body::jsonb);

insert into school_notification (force_id, notification_id, child_id, case_id, contact_id, school, told_to, method, notified_by, shared, outcome,
                                 outcome_note, occurred_at)
values (:force, :newId, :childId, :caseId, :contactId, :school, :toldTo, :method, coalesce(:notifiedBy, current_actor()), :shared, :outcome,
        :outcomeNote, :occurredAt);

select n.notification_id, n.child_id, n.case_id, n.contact_id, n.school, n.told_to, n.method, n.notified_by, n.shared, n.outcome, n.outcome_note,
       n.occurred_at, n.due_at, n.compliant, n.faults, n.recorded_by, n.recorded_at, n.version, n.version as "@etag"
from   school_notification n
where  n.force_id = :force and n.notification_id = :newId
