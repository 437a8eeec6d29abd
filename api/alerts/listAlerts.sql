-- The alerts of those who ask, the newest first.
select a.alert_id, a.detector, a.detector_version, a.severity, a.audience, a.case_id, a.contact_id, a.finding, a.evidence,
       a.occurred_at, a.recorded_at, a.version, 'occurred_at, alert_id' as "@cursor",
       'alert:{alert_id}:{version}' as "@seen"
from   alert a
where  a.force_id = :force and a.audience = any (alert_audiences())
--? detector and a.detector = :detector
--? caseId and a.case_id = :caseId
--? severity and a.severity = :severity
--? cursor and (a.occurred_at, a.alert_id) < ((:cursor::jsonb ->> 0)::timestamptz, (:cursor::jsonb ->> 1)::uuid)
order  by a.occurred_at desc, a.alert_id desc
limit  :fetch
