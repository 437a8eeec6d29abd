-- Nothing in the queue waits for ever: which items were raised because their time had passed, and what says whose turn it is.
alter table review_item add column raised_at timestamptz;
comment on column review_item.raised_at is 'When it was raised to the first rank because its time had passed: see raise_overdue_item().';

-- What is longest overdue of what still waits; when one was raised last; how many were claimed since.
create index review_item_overdue on review_item (force_id, due_at, item_id) where status <> 'done' and raised_at is null;
create index review_item_raised on review_item (force_id, raised_at) where raised_at is not null;
create index review_item_claimed on review_item (force_id, claimed_at) where claimed_at is not null;
