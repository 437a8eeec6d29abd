-- What is due in the order in which it is taken, by one index less: a call handler's write waits for each.
drop index due_check_by_time;
alter table due_check drop constraint due_check_pkey, add primary key (force_id, due_at, check_id);
comment on column due_check.check_id is 'Identifier; sorts by time.';
