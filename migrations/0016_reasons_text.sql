-- The reasons of an item of the queue as the text that a reader gets: printing them anew was a fifth of a page's cost.
-- What rests on the column comes back with the repeatable files.
drop view if exists review_item_shown;
drop policy if exists own_force on review_item;
drop function if exists reasons_shown(jsonb, uuid, uuid);
alter table review_item alter column reasons type json;
