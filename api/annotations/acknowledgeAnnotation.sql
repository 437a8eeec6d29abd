-- Says that an annotation has been read. Its author can't, and nobody twice.
select read_by_another(a.recorded_by)
from   annotation a
where  a.force_id = :force and a.annotation_id = seen_annotation(:annotationId);

insert into annotation_acknowledgement (force_id, acknowledgement_id, annotation_id, case_id, note)
select a.force_id, :newId::uuid, a.annotation_id, a.case_id, :note
from   annotation a
where  a.force_id = :force and a.annotation_id = :annotationId;

select k.acknowledgement_id, k.annotation_id, k.note, k.recorded_by, k.recorded_at, k.version,
       '/v1/annotations/' || k.annotation_id as "@location"
from   annotation_acknowledgement k
where  k.force_id = :force and k.acknowledgement_id = :newId
