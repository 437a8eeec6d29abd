-- One hold, and whether it stands.
--@ seen legal_hold:{hold_id}:{version}
select h.hold_id, h.case_id, h.reason, h.authority, l.lifting_id is null as stands, l.lifting_id, h.occurred_at, h.recorded_by, h.recorded_at,
       h.version, h.version as "@etag"
from   legal_hold h left join legal_hold_lifting l using (force_id, hold_id)
where  h.force_id = :force and h.hold_id = :holdId
