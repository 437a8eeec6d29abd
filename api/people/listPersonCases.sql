-- The cases a person is a party to or named in, the oldest first.
--@ cursor recorded_at, case_id
select seen_person(:personId);

select c.case_id, c.reference, c.victim_id, c.perpetrator_id, c.status, c.summary, c.occurred_at, c.recorded_at, c.recorded_by,
       c.restricted, c.reason, c.version, g.agreed_grade, g.assessor_grade, g.specialist_grade, g.suggested_grade, g.graded_at,
       array_to_json(array_remove(array[case when c.victim_id = :personId then 'victim' end,
                                        case when c.perpetrator_id = :personId then 'perpetrator' end]
                                  || array(select n.role from case_person n
                                           where n.force_id = c.force_id and n.case_id = c.case_id and n.person_id = :personId
                                           and n.active order by n.role), null)) as roles,
       concat_ws(' ', 'case:' || c.case_id || ':' || c.version, 'latest_grade:' || g.case_id || ':' || g.version) as "@seen"
from   case_file c left join latest_grade g using (force_id, case_id)
where  c.force_id = :force
and    c.case_id in (select v.case_id from case_file v where v.force_id = :force and v.victim_id = :personId
                     union select u.case_id from case_file u where u.force_id = :force and u.perpetrator_id = :personId
                     union select n.case_id from case_person n where n.force_id = :force and n.person_id = :personId and n.active)
--? cursor and (c.recorded_at, c.case_id) > ((:cursor::jsonb ->> 0)::timestamptz, (:cursor::jsonb ->> 1)::uuid)
order  by c.recorded_at, c.case_id
limit  :fetch
