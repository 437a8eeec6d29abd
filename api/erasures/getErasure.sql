-- What one erasure took.
--@ seen erasure:{erasure_id}:{version}
select e.erasure_id, jsonb_build_object('kind', e.subject_kind, 'id', e.subject_id) as subject, to_jsonb(array(select member_name(m) from unnest(e.members) m)) as members, e.legal_basis,
       e.authority, e.reason, e.line_count, e.occurred_at, e.recorded_by, e.recorded_at, e.version,
       e.version as "@etag"
from   erasure e
where  e.force_id = :force and e.erasure_id = :erasureId
