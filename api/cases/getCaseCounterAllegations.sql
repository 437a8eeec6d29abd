-- Earlier cases of the same two people, or who may be the same, in reversed roles: how those were assessed, and who as the primary aggressor.
select c.case_id, c.victim_id, c.perpetrator_id, j.shown as primary_aggressor, e.found -> 'shown' as earlier,
       concat_ws(' ', 'case:' || c.case_id || ':' || c.version, j.seen, e.found ->> 'seen') as "@seen"
from   case_file c
left   join lateral primary_aggressor_of(c.case_id) j on true
cross  join lateral (select counter_allegations(array[c.victim_id], array[c.perpetrator_id], c.recorded_at, true) as found offset 0) e
where  c.force_id = :force and c.case_id = :caseId
