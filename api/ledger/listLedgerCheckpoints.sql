-- The signed heads of one tree in one epoch, the largest first.
--@ cursor size
select nullif(c.tree, '*') as force, ledger_epoch_json(c.epoch) as epoch, c.size, base64(c.root) as root, c.signed_at, c.national_index, checkpoint_note(c) as checkpoint,
       ledger_key_line(c.key_id) as key
from   ledger_checkpoint c
where  c.tree = (select ledger_tree_asked(:tree)) and c.epoch = (select coalesce(:epoch::int, max(e.epoch)) from ledger_epoch e)
--? cursor and c.size < (:cursor::jsonb ->> 0)::bigint
order  by c.size desc
limit  :fetch
