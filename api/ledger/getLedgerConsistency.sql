-- What shows that a tree went on from an earlier size of it.
select c.* from ledger_consistency(:tree, :epoch::int, :from::bigint, :to::bigint) c
