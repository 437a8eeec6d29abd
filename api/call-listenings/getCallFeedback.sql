-- One piece of feedback, with its acknowledgement; a handler's own only.
select f.feedback_id, f.listening_id, f.contact_id, f.handler, f.themes, f.strengths, f.improvements, f.occurred_at, f.compliant, f.faults,
       f.acknowledged, f.acknowledgement, f.recorded_by, f.recorded_at, f.version,
       f.version as "@etag", f.seen as "@seen"
from   call_feedback_shown f
where  f.force_id = :force and f.feedback_id = :feedbackId
