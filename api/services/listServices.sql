-- The services that cases may be referred to, by name.
--@ seen service:{service_id}:{version}
--@ cursor name, service_id
select s.service_id, s.name, s.kind, s.acknowledge_within_hours, s.recipients, s.note, s.enabled, s.recorded_by, s.recorded_at, s.version
from   service s
where  s.force_id = :force
--? kind  and s.kind = :kind
--? enabled  and s.enabled = :enabled::boolean
--? cursor  and (s.name, s.service_id) > (:cursor::jsonb ->> 0, (:cursor::jsonb ->> 1)::uuid)
order  by s.name, s.service_id limit :fetch
