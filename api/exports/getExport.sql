-- One export, and whether its content can be fetched.
--@ seen export:{export_id}:{version}
select x.export_id, x.kind, x.case_id, x.purpose, x.legal_basis, x.recipient, x.reason, x.include_looks, x.redactions, x.hold_id, x.line_count,
       export_is_sealed(x.export_id) as is_sealed, x.occurred_at, x.recorded_by, x.recorded_at, x.version, x.version as "@etag"
from   export x
where  x.force_id = :force and x.export_id = :exportId
