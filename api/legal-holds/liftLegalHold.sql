-- Lifts a hold.
insert into legal_hold_lifting (force_id, lifting_id, hold_id, case_id, reason, authority)
select :force, :newId, h.hold_id, h.case_id, :reason, :authority from seen_hold(:holdId) h;

select l.lifting_id, l.hold_id, l.case_id, l.reason, l.authority, l.occurred_at, l.recorded_by, l.recorded_at, l.version, l.version as "@etag"
from   legal_hold_lifting l
where  l.force_id = :force and l.lifting_id = :newId
