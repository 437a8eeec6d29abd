-- Someone decides about an alert, as they saw it; as a missed opportunity it is confirmed and one begins at once.
select check_alert_decision(seen_alert(:alertId::uuid), :body::jsonb);

update alert a
set    status = case :decision when 'dismiss' then 'dismissed' else 'confirmed' end, reason = :reason,
       decided_by = :actor, decided_at = domain_now(), version = :ifMatch
where  a.force_id = :force and a.alert_id = :alertId;

insert into alert_decision (force_id, decision_id, alert_id, case_id, contact_id, detector, detector_version, decision, reason)
select a.force_id, :newId, a.alert_id, a.case_id, a.contact_id, a.detector, a.detector_version, :decision, :reason
from   alert a
where  a.force_id = :force and a.alert_id = :alertId;

select confirm_as_missed(d, :missedOpportunity::jsonb)
from   alert_decision d
where  d.force_id = :force and d.decision_id = :newId and d.decision = 'missed_opportunity';

select d.decision_id, d.alert_id, d.case_id, d.contact_id, d.detector, d.detector_version, d.decision, d.reason,
       (select o.opportunity_id from missed_opportunity o where o.force_id = d.force_id and o.alert_id = d.alert_id) as missed_opportunity_id,
       d.occurred_at, d.recorded_by, d.recorded_at, d.version, d.version as "@etag"
from   alert_decision d
where  d.force_id = :force and d.decision_id = :newId
