-- Says that feedback has been read, by whom it is addressed to, once.
insert into feedback_acknowledgement (force_id, acknowledgement_id, feedback_id, contact_id, handler, reply)
select f.force_id, :newId::uuid, f.feedback_id, f.contact_id, f.handler, :reply
from   call_feedback f
where  f.force_id = :force and f.feedback_id = feedback_for_actor(:feedbackId);

select k.acknowledgement_id, k.feedback_id, k.reply, k.recorded_by, k.recorded_at, k.version,
       '/v1/feedback/' || k.feedback_id as "@location"
from   feedback_acknowledgement k
where  k.force_id = :force and k.acknowledgement_id = :newId
