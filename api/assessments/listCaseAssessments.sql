-- The assessments of a case, the latest first, without their answers.
--@ seen assessment:{assessment_id}:{version}
--@ cursor occurred_at, assessment_id
select seen_case(:caseId::uuid);

select a.assessment_id, a.case_id, contact_shown(a.contact_id) as contact_id, jsonb_build_object('name', a.set_name, 'version', a.set_version) as set,
       a.occurred_at, a.assessed_by, a.recorded_at, a.recorded_by, a.tick_count, a.high_risk_count, a.unanswered_count,
       a.suggested_grade, a.assessor_grade,
       (select r.specialist_grade from review r where r.force_id = a.force_id and r.assessment_id = a.assessment_id
        order by r.recorded_at desc, r.review_id desc limit 1) as specialist_grade,
       a.agreed_grade, a.rationale, a.answers_rationale, a.supersedes,
       (select n.assessment_id from assessment n where n.force_id = a.force_id and n.supersedes = a.assessment_id) as superseded_by,
       a.history_checked, a.follow_on, a.compliant, a.faults, a.version
from   assessment a
where  a.force_id = :force and a.case_id = :caseId
--? cursor  and (a.occurred_at, a.assessment_id) < ((:cursor::jsonb ->> 0)::timestamptz, (:cursor::jsonb ->> 1)::uuid)
order  by a.occurred_at desc, a.assessment_id desc limit :fetch
