-- The newest signed head of one tree, of the newest epoch that has one.
select nullif((n.c).tree, '*') as force, ledger_epoch_json(e.epoch) as epoch, (n.c).size, base64((n.c).root) as root, (n.c).signed_at, (n.c).national_index,
       checkpoint_note(n.c) as checkpoint, ledger_key_line((n.c).key_id) as key
from   ledger_epoch e,
       lateral (select c from ledger_checkpoint c where c.epoch = e.epoch and c.tree = (select ledger_tree_asked(:tree)) order by c.size desc limit 1) n
order  by e.epoch desc
limit  1
