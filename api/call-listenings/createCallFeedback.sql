-- Gives the handler of a call that was heard feedback on it.
select feedback_faults(:strengths, :improvements);

insert into call_feedback (force_id, feedback_id, listening_id, contact_id, handler, themes, strengths, improvements, occurred_at, compliant, faults)
select :force, :newId::uuid, l.listening_id, l.contact_id, l.handler, array(select jsonb_array_elements_text(:themes::jsonb)), :strengths,
       :improvements, coalesce(:occurredAt::timestamptz, domain_now()), f = '[]', f
from   call_listening l, moment_faults(:occurredAt::timestamptz, null) f
where  l.force_id = :force and l.listening_id = seen_listening(:listeningId);

select f.feedback_id, f.listening_id, f.contact_id, f.handler, f.themes, f.strengths, f.improvements, f.occurred_at, f.compliant, f.faults,
       f.acknowledged, f.acknowledgement, f.recorded_by, f.recorded_at, f.version,
       f.version as "@etag"
from   call_feedback_shown f
where  f.force_id = :force and f.feedback_id = :newId
