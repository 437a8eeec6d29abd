-- One notification of a school.
--@ seen school_notification:{notification_id}:{version}
select n.notification_id, n.child_id, n.case_id, n.contact_id, n.school, n.told_to, n.method, n.notified_by, n.shared, n.outcome, n.outcome_note,
       n.occurred_at, n.due_at, n.compliant, n.faults, n.recorded_by, n.recorded_at, n.version, n.version as "@etag"
from   school_notification n
where  n.force_id = :force and n.notification_id = :notificationId
