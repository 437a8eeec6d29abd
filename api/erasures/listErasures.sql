-- What was erased, the newest first.
--@ seen erasure:{erasure_id}:{version}
--@ cursor recorded_at, erasure_id
select e.erasure_id, jsonb_build_object('kind', e.subject_kind, 'id', e.subject_id) as subject, to_jsonb(array(select member_name(m) from unnest(e.members) m)) as members, e.legal_basis,
       e.authority, e.reason, e.line_count, e.occurred_at, e.recorded_by, e.recorded_at, e.version
from   erasure e
where  e.force_id = :force
--? subjectId  and e.subject_id = :subjectId
--? cursor  and (e.recorded_at, e.erasure_id) < ((:cursor::jsonb ->> 0)::timestamptz, (:cursor::jsonb ->> 1)::uuid)
order  by e.recorded_at desc, e.erasure_id desc limit :fetch
