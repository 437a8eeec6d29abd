-- One service.
--@ seen service:{service_id}:{version}
select s.service_id, s.name, s.kind, s.acknowledge_within_hours, s.recipients, s.note, s.enabled, s.recorded_by, s.recorded_at, s.version, s.version as "@etag"
from   service s
where  s.force_id = :force and s.service_id = :serviceId
