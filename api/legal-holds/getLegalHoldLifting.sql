-- How a hold was lifted.
--@ seen legal_hold_lifting:{lifting_id}:{version}
select l.lifting_id, l.hold_id, l.case_id, l.reason, l.authority, l.occurred_at, l.recorded_by, l.recorded_at, l.version, l.version as "@etag"
from   legal_hold_lifting l
where  l.force_id = :force and l.hold_id = :holdId and l.lifting_id = :liftingId
