-- One list of reference data: the forces, the machines with their states and moves, or the words of an enumeration.
select :list as list, r.items
from   reference_items(:list) as r (items)
where  r.items is not null
