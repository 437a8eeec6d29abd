-- What an export holds, said when it is made.

alter table export
  add column line_count int,
  add column snapshot   pg_snapshot,
  add constraint export_says_all check (num_nulls(reason, line_count, snapshot) = 0) not valid;
comment on column export.reason is 'Why, in words.';
comment on column export.line_count is
  'How many lines of records its bundle holds, its own included: nobody can leave one out unseen. Null in those made before this was counted, which can''t be fetched any more.';
comment on column export.snapshot is 'Which lines those are: the transactions whose lines it saw, by the numbers that lines carry.';
