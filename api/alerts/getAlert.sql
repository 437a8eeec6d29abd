-- One alert, for those whose it is.
select a.alert_id, a.detector, a.detector_version, a.severity, a.audience, a.case_id, a.contact_id, a.finding, a.evidence,
       a.occurred_at, a.recorded_at, a.version, a.version as "@etag", 'alert:{alert_id}:{version}' as "@seen"
from   alert a
where  a.force_id = :force and a.alert_id = :alertId and a.audience = any (alert_audiences())
