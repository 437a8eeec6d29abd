-- The bundle: what it is, its chronology, the signed heads and keys, and the lines with their proofs, which are what was disclosed.
select a.* from export_about(:exportId) a;

select c.number::text, c.line::text, c.moment, c.recorded, c.actor, c.title, c.label, c.value, c.mark, c.gap, c.entry from export_chronology(:exportId) c;

select f.name, f.content from own_export(:exportId) x, export_own_leaf(x.export_id) own, bundle_files(own) f;

select l.line, l.seen as "@seen" from export_lines(:exportId) l
