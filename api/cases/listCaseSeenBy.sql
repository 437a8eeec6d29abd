-- Who had seen which version of which record of a case, in the order of their looks. This look is at the ledger's lines, not at the records.
--@ seen ledger_line:{line_id}:1
--@ cursor line_id, kind, record_id, version
select s.kind, s.record_id, s.version, s.seen_at, s.actor as seen_by, s.client, s.operation, s.purpose, s.line_id
from   case_seen_by(:caseId, (:cursor::jsonb ->> 0)::uuid) s
where  true
--? recordId and s.record_id = :recordId
--? seenBy and s.actor = :seenBy
--? cursor and (s.line_id, s.kind, s.record_id, s.version) > ((:cursor::jsonb ->> 0)::uuid, :cursor::jsonb ->> 1, (:cursor::jsonb ->> 2)::uuid, (:cursor::jsonb ->> 3)::int)
order  by s.line_id, s.kind, s.record_id, s.version
limit  :fetch
