-- One decision on an alert, for those whose the alert is.
--@ seen alert_decision:{decision_id}:{version}
select d.decision_id, d.alert_id, d.case_id, d.contact_id, d.detector, d.detector_version, d.decision, d.reason,
       (select o.opportunity_id from missed_opportunity o where o.force_id = d.force_id and o.alert_id = d.alert_id) as missed_opportunity_id,
       d.occurred_at, d.recorded_by, d.recorded_at, d.version, d.version as "@etag"
from   alert_decision d join alert a using (force_id, alert_id)
where  d.force_id = :force and d.decision_id = :decisionId and a.audience = any (alert_audiences())
