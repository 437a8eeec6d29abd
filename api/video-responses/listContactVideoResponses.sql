-- The responses by video to a contact, newest last.
--@ cursor recorded_at, response_id
select seen_contact(:contactId);

select r.safe_contact, r.response_id, r.contact_id, r.status, r.emergency, r.offender_absent, r.victim_safe, r.victim_able, r.victim_chose, r.consent,
       r.consent_note, r.scheduled_for, r.started_at, r.ended_at, r.outcome, r.outcome_note, r.reason, r.occurred_at, r.compliant, r.faults,
       r.status_since, r.recorded_by, r.recorded_at, r.version,
       r.seen as "@seen"
from   video_response_shown r
where  r.force_id = :force and r.contact_id = :contactId
--? cursor  and (r.recorded_at, r.response_id) > ((:cursor::jsonb ->> 0)::timestamptz, (:cursor::jsonb ->> 1)::uuid)
order  by r.recorded_at, r.response_id limit :fetch
