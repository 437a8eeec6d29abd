-- What was noted beside one record, newest last.
--@ cursor recorded_at, annotation_id
select a.annotation_id, a.case_id, a.contact_id, a.subject, a.kind, a.content, a.visibility, a.reply_to, a.supersedes,
       a.superseded_by, a.acknowledgements, a.recorded_by, a.recorded_at, a.version, a.seen as "@seen"
from   annotation_shown a
where  a.force_id = :force and a.subject_id = :subjectId and a.subject_kind = :subjectKind
--? kind  and a.kind = :kind
--? cursor  and (a.recorded_at, a.annotation_id) > ((:cursor::jsonb ->> 0)::timestamptz, (:cursor::jsonb ->> 1)::uuid)
order  by a.recorded_at, a.annotation_id limit :fetch
