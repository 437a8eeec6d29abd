-- Changes after a position, in the one order of all lines: identifiers and states, no names and no content. As many as are asked for
-- of the next 200; those that may not be seen or were not asked for don't count, else a page without items would tell of them.
with page as materialized (
  select * from feed_lines(coalesce(:after::bigint, 0), 9223372036854775807, 200)),
seen as (
  select *, row_number() over (order by p.position) as place from page p
  where  feed_tells(p.kind)
  --? kind    and p.kind = any (string_to_array(:kind, ','))
  --? caseId  and p.case_id = :caseId::uuid
),
reached as (
  select (select max(s.position) from seen s where s.place = :limit::int and exists (select from seen t where t.place > s.place)) as cut,
         count(*) = 200 as is_full, max(p.position) as last
  from   page p)
select (select coalesce(jsonb_agg(jsonb_build_object('position', s.position, 'kind', s.kind, 'recordId', s.record_id,
                                                     'caseId', s.case_id, 'version', s.version, 'state', s.state, 'operation', s.operation,
                                                     'change', s.change, 'recordedAt', instant(s.recorded_at)) order by s.position), '[]')
        from   seen s where s.place <= :limit::int) as items,
       coalesce(r.cut, case when r.is_full then r.last else greatest(coalesce(:after::bigint, 0), ordered_upto()) end) as next,
       r.cut is not null or r.is_full as more, '' as "@seen"
from   reached r
