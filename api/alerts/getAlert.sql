-- One alert, for those whose it is.
--@ seen alert:{alert_id}:{version}
select a.alert_id, a.detector, a.detector_version, a.severity, a.audience, a.addressed_to, a.case_id, a.contact_id, a.finding, a.evidence,
       a.status, a.decided_at, a.decided_by, a.reason, a.rule, a.action, a.occurred_at, a.recorded_at, a.version, a.version as "@etag"
from   alert_shown a
where  a.force_id = :force and a.alert_id = :alertId and a.audience = any (alert_audiences())
