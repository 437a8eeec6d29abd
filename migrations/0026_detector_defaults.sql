-- What is asked for every contact and every line, kept so that it is cheap to ask.

create table detector_default (
  is_only boolean primary key default true check (is_only),
  limits  jsonb not null
) with (toast_tuple_target = 8160);
comment on table detector_default is 'The default settings of every detector, and of the queue that their alerts join, all in one row: triggers keep it as setting_definition is.';
comment on column detector_default.is_only is 'There is one row.';
comment on column detector_default.limits is 'A member for each setting.';
-- As it is, in its page: compressed it would be unpacked for every detector.
alter table detector_default alter column limits set storage external;
insert into detector_default (limits)
select coalesce(jsonb_object_agg(d.name, d.default_value), '{}') from setting_definition d
where  starts_with(d.name, 'detector_') or d.name in ('review_tiers', 'review_due_minutes');

-- The policies of those who may insert say it (repeatable/020_ledger.sql).
alter table ledger_line drop constraint ledger_line_kind_check;
