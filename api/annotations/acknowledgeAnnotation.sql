-- Says that an annotation has been read. Its author can't, and nobody twice.
select read_by_another(a.recorded_by)
from   annotation a
where  a.force_id = :force and a.annotation_id = seen_annotation(:annotationId);

insert into annotation_acknowledgement (force_id, acknowledgement_id, annotation_id, case_id, note)
select a.force_id, :newId::uuid, a.annotation_id, a.case_id, :note
from   annotation a
where  a.force_id = :force and a.annotation_id = :annotationId;

select a.annotation_id, a.case_id, a.contact_id, a.subject, a.kind, a.content, a.visibility, a.reply_to, a.supersedes,
       a.superseded_by, a.acknowledgements, a.recorded_by, a.recorded_at, a.version, a.version as "@etag"
from   annotation_shown a
where  a.force_id = :force and a.annotation_id = :annotationId
