-- The notifications of schools because of a case, oldest first.
--@ seen school_notification:{notification_id}:{version}
--@ cursor occurred_at, notification_id
select seen_case(:caseId);

select n.notification_id, n.child_id, n.case_id, n.contact_id, n.school, n.told_to, n.method, n.notified_by, n.shared, n.outcome, n.outcome_note,
       n.occurred_at, n.due_at, n.compliant, n.faults, n.recorded_by, n.recorded_at, n.version
from   school_notification n
where  n.force_id = :force and n.case_id = :caseId
--? cursor  and (n.occurred_at, n.notification_id) > ((:cursor::jsonb ->> 0)::timestamptz, (:cursor::jsonb ->> 1)::uuid)
order  by n.occurred_at, n.notification_id limit :fetch
