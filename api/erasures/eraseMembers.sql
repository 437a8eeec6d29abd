-- Erases members of a record from it and from the ledger's lines of it.
select known_record(:subject::jsonb ->> 'kind', (:subject::jsonb ->> 'id')::uuid, '/subject/id');

insert into erasure (force_id, erasure_id, subject_kind, subject_id, members, legal_basis, authority, reason, line_count)
select :force, :newId, e.kind, e.id, e.members, :legalBasis, :authority, :reason, e.line_count
from   erase_members(:subject::jsonb, :members::jsonb, :legalBasis, :authority) e;

select e.erasure_id, jsonb_build_object('kind', e.subject_kind, 'id', e.subject_id) as subject, to_jsonb(array(select member_name(m) from unnest(e.members) m)) as members, e.legal_basis,
       e.authority, e.reason, e.line_count, e.occurred_at, e.recorded_by, e.recorded_at, e.version,
       e.version as "@etag"
from   erasure e
where  e.force_id = :force and e.erasure_id = :newId
