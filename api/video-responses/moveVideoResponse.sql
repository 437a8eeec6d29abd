-- Moves a response by video on. Arranging it needs its conditions; that it started or ended is kept whatever they were.
select check_video_move(seen_video_response(:responseId), :body::jsonb);

select lead_video_response(:responseId, :body::jsonb, :ifMatch::int);

update video_response
set    status = :to, reason = :reason, emergency = coalesce(:emergency::boolean, emergency),
       offender_absent = coalesce(:offenderAbsent::boolean, offender_absent), victim_safe = coalesce(:victimSafe::boolean, victim_safe),
       victim_able = coalesce(:victimAble::boolean, victim_able), victim_chose = coalesce(:victimChose::boolean, victim_chose),
       consent = coalesce(:consent, consent), consent_note = coalesce(:consentNote, consent_note),
       scheduled_for = coalesce(:scheduledFor::timestamptz, scheduled_for), outcome = coalesce(:outcome, outcome),
       outcome_note = coalesce(:outcomeNote, outcome_note), status_since = coalesce(:occurredAt::timestamptz, domain_now()),
       version = case when request_lines() > 0 then version else :ifMatch::int end -- asked for already, where it was led here
where  force_id = :force and response_id = :responseId;

select r.safe_contact, r.response_id, r.contact_id, r.status, r.emergency, r.offender_absent, r.victim_safe, r.victim_able, r.victim_chose, r.consent,
       r.consent_note, r.scheduled_for, r.started_at, r.ended_at, r.outcome, r.outcome_note, r.reason, r.occurred_at, r.compliant, r.faults,
       r.status_since, r.recorded_by, r.recorded_at, r.version, r.version as "@etag"
from   video_response_shown r
where  r.force_id = :force and r.response_id = :responseId
