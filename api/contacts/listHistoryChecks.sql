-- When what was known before was looked up, in their order.
--@ seen history_check:{check_id}:{version}
--@ cursor occurred_at, check_id
select seen_contact(:contactId);

select h.check_id, h.contact_id, h.occurred_at, to_jsonb(h.systems) as systems, h.findings, h.checked_by,
       h.compliant, h.faults, h.recorded_by, h.recorded_at, h.version
from   history_check h
where  h.force_id = :force and h.contact_id = :contactId
--? cursor and (h.occurred_at, h.check_id) > ((:cursor::jsonb ->> 0)::timestamptz, (:cursor::jsonb ->> 1)::uuid)
order  by h.occurred_at, h.check_id
limit  :fetch
