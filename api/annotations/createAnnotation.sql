-- Notes something beside a record, or beside one answer; its case and its readers follow from what it is about.
insert into annotation (force_id, annotation_id, case_id, contact_id, subject_kind, subject_id, question_key, kind, content,
                        visibility, reply_to, supersedes, begun_by)
select :force, :newId::uuid, n.case_id, n.contact_id, n.subject_kind, n.subject_id, n.question_key, :kind, :content,
       n.visibility, :replyTo::uuid, :supersedes::uuid, n.begun_by
from   annotation_of(:body::jsonb) n;

select a.annotation_id, a.case_id, a.contact_id, a.subject, a.kind, a.content, a.visibility, a.reply_to, a.supersedes,
       a.superseded_by, a.acknowledgements, a.recorded_by, a.recorded_at, a.version, a.version as "@etag"
from   annotation_shown a
where  a.force_id = :force and a.annotation_id = :newId
