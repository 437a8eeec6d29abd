-- Changes after a position, in the one order of all lines: identifiers and states, no names and no content. A page is as many
-- positions; those that may not be seen are left out of it, and next goes past them, so that the work is bounded. The literal
-- limit makes the index the plan, and the lateral one keeps each line a look-up by key, whatever the statistics say.
with page as materialized (
  select o.position, o.line_id
  from   (select r.position, r.line_id from ledger_order r
          where  r.force_id = :force and r.changes and r.position > :after::bigint
          order  by r.position limit 200) o
  order  by o.position limit :limit::int),
seen as (
  select p.position, l.*
  from   page p, lateral (
           select c.relation, c.record_id, c.case_id, c.version, c.operation, c.kind, c.recorded_at,
                  case when c.relation in ('case', 'referral', 'protection_order', 'review_item') then c.image ->> 'status' end as state
           from   ledger_line c where c.force_id = :force and c.line_id = p.line_id limit 1) l
  where  l.relation not in ('client', 'staff', 'setting', 'sandbox_clock_setting')),
reached as (
  select count(*) = :limit::int as is_full, max(position) as last from page)
select (select coalesce(jsonb_agg(jsonb_build_object('position', s.position, 'kind', s.relation, 'recordId', s.record_id,
                                                     'caseId', s.case_id, 'version', s.version, 'state', s.state, 'operation', s.operation,
                                                     'change', s.kind, 'recordedAt', instant(s.recorded_at)) order by s.position), '[]')
        from   seen s) as items,
       case when r.is_full then r.last else greatest(:after::bigint, ordered_upto()) end as next,
       r.is_full as more, '' as "@seen"
from   reached r
