-- One look at what was known before.
--@ seen history_check:{check_id}:{version}
select h.check_id, h.contact_id, h.occurred_at, to_jsonb(h.systems) as systems, h.findings, h.checked_by,
       h.compliant, h.faults, h.recorded_by, h.recorded_at, h.version, h.version as "@etag"
from   history_check h
where  h.force_id = :force and h.contact_id = :contactId and h.check_id = :checkId
