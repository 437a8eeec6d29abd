-- Offers a victim an answer by video, or records one that has happened. An offer is refused when a condition fails; what happened is kept.
select check_new_video_response(seen_contact(:contactId), :body::jsonb);

insert into video_response (force_id, response_id, contact_id, emergency, offender_absent, victim_safe, victim_able, victim_chose, consent,
                            consent_note, scheduled_for, started_at, ended_at, outcome, outcome_note, occurred_at, status_since)
select :force, :newId, :contactId, coalesce(:emergency::boolean, false), :offenderAbsent, :victimSafe, :victimAble, :victimChose,
       coalesce(:consent, 'not_asked'), :consentNote, :scheduledFor, :startedAt, :endedAt, :outcome, :outcomeNote, happened, happened
from   coalesce(:occurredAt::timestamptz, :startedAt::timestamptz, domain_now()) as happened;

select advance_video_response(:newId, :status);

select r.safe_contact, r.response_id, r.contact_id, r.status, r.emergency, r.offender_absent, r.victim_safe, r.victim_able, r.victim_chose, r.consent,
       r.consent_note, r.scheduled_for, r.started_at, r.ended_at, r.outcome, r.outcome_note, r.reason, r.occurred_at, r.compliant, r.faults,
       r.status_since, r.recorded_by, r.recorded_at, r.version, r.version as "@etag"
from   video_response_shown r
where  r.force_id = :force and r.response_id = :newId
