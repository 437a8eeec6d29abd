-- The staff, by reference.
--@ cursor reference, staff_id
select s.staff_id, s.reference, s.name, s.roles, s.enabled, s.changed_by, s.changed_at, s.version, s.seen as "@seen"
from   staff_shown s
where  s.force_id = :force
--? role  and s.roles ? :role
--? enabled  and s.enabled = :enabled::boolean
--? cursor  and (s.reference, s.staff_id) > (:cursor::jsonb ->> 0, (:cursor::jsonb ->> 1)::uuid)
order  by s.reference, s.staff_id limit :fetch
