-- The contacts of a case by when they were received, those no longer linked too.
--@ seen contact_case:{link_id}:{version}
--@ cursor occurred_at, link_id
select seen_case(:caseId);

select l.link_id, l.case_id, l.contact_id, l.active, l.reason, l.occurred_at, l.recorded_by, l.recorded_at, l.changed_by, l.changed_at,
       l.version
from   contact_case l
where  l.force_id = :force and l.case_id = :caseId
--? active and l.active = :active
--? cursor and (l.occurred_at, l.link_id) > ((:cursor::jsonb ->> 0)::timestamptz, (:cursor::jsonb ->> 1)::uuid)
order  by l.occurred_at, l.link_id
limit  :fetch
