-- Decisions on the alerts of those who ask, the newest first.
--@ seen alert_decision:{decision_id}:{version}
--@ cursor recorded_at, decision_id
select d.decision_id, d.alert_id, d.case_id, d.contact_id, d.detector, d.detector_version, d.decision, d.reason,
       (select o.opportunity_id from missed_opportunity o where o.force_id = d.force_id and o.alert_id = d.alert_id) as missed_opportunity_id,
       d.occurred_at, d.recorded_by, d.recorded_at, d.version
from   alert_decision d join alert a using (force_id, alert_id)
where  d.force_id = :force and a.audience = any (alert_audiences())
--? detector and d.detector = :detector
--? decision and d.decision = :decision
--? alertId and d.alert_id = :alertId
--? cursor and (d.recorded_at, d.decision_id) < ((:cursor::jsonb ->> 0)::timestamptz, (:cursor::jsonb ->> 1)::uuid)
order  by d.recorded_at desc, d.decision_id desc
limit  :fetch
