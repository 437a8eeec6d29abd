-- Holds a case; an erasure of it that is under way is waited for.
insert into legal_hold (force_id, hold_id, case_id, reason, authority)
select :force, :newId, seen_case(:caseId), :reason, :authority;

select h.hold_id, h.case_id, h.reason, h.authority, l.lifting_id is null as stands, l.lifting_id, h.occurred_at, h.recorded_by, h.recorded_at,
       h.version, h.version as "@etag"
from   legal_hold h left join legal_hold_lifting l using (force_id, hold_id)
where  h.force_id = :force and h.hold_id = :newId
