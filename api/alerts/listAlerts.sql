-- The alerts of those who ask, the newest first.
--@ seen alert:{alert_id}:{version}
--@ cursor occurred_at, alert_id
select a.alert_id, a.detector, a.detector_version, a.severity, a.audience, a.addressed_to, a.case_id, a.contact_id, a.finding, a.evidence,
       a.status, a.decided_at, a.decided_by, a.reason, a.rule, a.action, a.occurred_at, a.recorded_at, a.version
from   alert_shown a
where  a.force_id = :force and a.audience = any (alert_audiences()) and (:severity::text is null or a.severity = :severity)
--? detector and a.detector = :detector
--? status and a.status = :status
--? caseId and a.case_id = :caseId
--? contactId and a.contact_id = :contactId
--? cursor and (a.occurred_at, a.alert_id) < ((:cursor::jsonb ->> 0)::timestamptz, (:cursor::jsonb ->> 1)::uuid)
order  by a.occurred_at desc, a.alert_id desc
limit  :fetch
