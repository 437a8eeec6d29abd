-- Changes after a position, in the one order of all lines: identifiers and states, no names and no content. A page is as many
-- positions; those that may not be seen or were not asked for are left out of it, and next goes past them, so that the work is bounded.
with page as materialized (
  select * from feed_lines(coalesce(:after::bigint, 0), 9223372036854775807, :limit::int)),
seen as (
  select * from page p
  where  feed_tells(p.kind)
  --? kind    and p.kind = any (string_to_array(:kind, ','))
  --? caseId  and p.case_id = :caseId::uuid
),
reached as (
  select count(*) = :limit::int as is_full, max(position) as last from page)
select (select coalesce(jsonb_agg(jsonb_build_object('position', s.position, 'kind', s.kind, 'recordId', s.record_id,
                                                     'caseId', s.case_id, 'version', s.version, 'state', s.state, 'operation', s.operation,
                                                     'change', s.change, 'recordedAt', instant(s.recorded_at)) order by s.position), '[]')
        from   seen s) as items,
       case when r.is_full then r.last else greatest(coalesce(:after::bigint, 0), ordered_upto()) end as next,
       r.is_full as more, '' as "@seen"
from   reached r
