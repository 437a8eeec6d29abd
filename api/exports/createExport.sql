-- Exports a case and holds it; the export's own line is a disclosure, and the last one that the bundle holds. It says how many they are.
insert into legal_hold (force_id, hold_id, case_id, reason, authority)
select :force, part_id(:newId, 1), check_new_export(:body::jsonb), 'A bundle was made of it: ' || :newId,
       case when :includeLooks::boolean then 'An audit' else :purpose || ', ' || :legalBasis end;

insert into export (force_id, export_id, kind, case_id, purpose, legal_basis, recipient, reason, include_looks, redactions, hold_id, line_count, snapshot)
select :force, :newId, :kind, :caseId, :purpose, :legalBasis, :recipient, :reason, coalesce(:includeLooks, false), coalesce(:redactions::jsonb, '[]'), part_id(:newId, 1),
       (select count(*) + 1 from bundle_lines(:caseId, null)), ledger_snapshot()
from   set_context('kind', 'disclosure') as line_kind, set_context('purpose', :purpose) as why;

select x.export_id, x.kind, x.case_id, x.purpose, x.legal_basis, x.recipient, x.reason, x.include_looks, x.redactions, x.hold_id, x.line_count,
       export_is_sealed(x.export_id) as is_sealed, x.occurred_at, x.recorded_by, x.recorded_at, x.version, x.version as "@etag"
from   export x
where  x.force_id = :force and x.export_id = :newId
