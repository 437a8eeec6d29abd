-- Cases, the newest first.
--@ cursor recorded_at, case_id
select c.case_id, c.reference, c.victim_id, c.perpetrator_id, c.status, c.summary, c.occurred_at, c.recorded_at, c.recorded_by,
       c.restricted, c.reason, c.version, g.agreed_grade, g.assessor_grade, g.specialist_grade, g.suggested_grade, g.graded_at,
       concat_ws(' ', 'case:' || c.case_id || ':' || c.version, 'latest_grade:' || g.case_id || ':' || g.version) as "@seen"
from   case_file c left join latest_grade g using (force_id, case_id)
where  c.force_id = :force
--? status and c.status = :status
--? personId and (c.victim_id = :personId or c.perpetrator_id = :personId)
--? reference and c.reference = :reference
--? cursor and (c.recorded_at, c.case_id) < ((:cursor::jsonb ->> 0)::timestamptz, (:cursor::jsonb ->> 1)::uuid)
order  by c.recorded_at desc, c.case_id desc
limit  :fetch
