-- Says that feedback has been read, by whom it is addressed to, once.
insert into feedback_acknowledgement (force_id, acknowledgement_id, feedback_id, contact_id, handler, reply)
select f.force_id, :newId::uuid, f.feedback_id, f.contact_id, f.handler, :reply
from   call_feedback f
where  f.force_id = :force and f.feedback_id = feedback_for_actor(:feedbackId);

select f.feedback_id, f.listening_id, f.contact_id, f.handler, f.themes, f.strengths, f.improvements, f.occurred_at, f.compliant, f.faults,
       f.acknowledged, f.acknowledgement, f.recorded_by, f.recorded_at, f.version, f.version as "@etag"
from   call_feedback_shown f
where  f.force_id = :force and f.feedback_id = :feedbackId
