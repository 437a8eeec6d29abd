-- What was noted anywhere in a case: beside it, its parts, or the contacts that concern it; newest last.
--@ cursor recorded_at, annotation_id
select seen_case(:caseId);

select a.annotation_id, a.case_id, a.contact_id, a.subject, a.kind, a.content, a.visibility, a.reply_to, a.supersedes,
       a.superseded_by, a.acknowledgements, a.recorded_by, a.recorded_at, a.version, a.seen as "@seen"
from   annotation_shown a
where  a.force_id = :force and a.annotation_id in (
         select n.annotation_id from annotation n where n.force_id = :force and n.case_id = :caseId
         union all
         select n.annotation_id from contact_case l join annotation n using (force_id, contact_id)
         where  l.force_id = :force and l.case_id = :caseId and l.active)
--? kind  and a.kind = :kind
--? cursor  and (a.recorded_at, a.annotation_id) > ((:cursor::jsonb ->> 0)::timestamptz, (:cursor::jsonb ->> 1)::uuid)
order  by a.recorded_at, a.annotation_id limit :fetch
