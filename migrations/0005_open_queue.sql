-- The queue in the order that it is shown, without what is settled: what a specialist's screen asks for again and again.
create index review_item_open on review_item (force_id, rank, due_at, item_id) where status <> 'done';
