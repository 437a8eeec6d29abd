-- What proves a line: its place in its force's tree, that tree's signed head, and that head's place in the national tree.
--@ seen ledger_line:{line_id}:1
select p.* from ledger_line_proof(:lineId) p
