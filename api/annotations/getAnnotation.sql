-- One annotation, with what took its place and who has read it.
select a.annotation_id, a.case_id, a.contact_id, a.subject, a.kind, a.content, a.visibility, a.reply_to, a.supersedes,
       a.superseded_by, a.acknowledgements, a.recorded_by, a.recorded_at, a.version, a.version as "@etag", a.seen as "@seen"
from   annotation_shown a
where  a.force_id = :force and a.annotation_id = :annotationId
