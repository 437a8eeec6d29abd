-- The holds of a case, lifted ones too.
--@ seen legal_hold:{hold_id}:{version}
--@ cursor recorded_at, hold_id
select seen_case(:caseId);

select h.hold_id, h.case_id, h.reason, h.authority, l.lifting_id is null as stands, l.lifting_id, h.occurred_at, h.recorded_by, h.recorded_at,
       h.version
from   legal_hold h left join legal_hold_lifting l using (force_id, hold_id)
where  h.force_id = :force and h.case_id = :caseId
--? cursor  and (h.recorded_at, h.hold_id) > ((:cursor::jsonb ->> 0)::timestamptz, (:cursor::jsonb ->> 1)::uuid)
order  by h.recorded_at, h.hold_id limit :fetch
