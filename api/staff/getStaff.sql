-- One member of staff.
select s.staff_id, s.reference, s.name, s.roles, s.enabled, s.changed_by, s.changed_at, s.version, s.version as "@etag", s.seen as "@seen"
from   staff_shown s
where  s.force_id = :force and s.staff_id = :staffId
