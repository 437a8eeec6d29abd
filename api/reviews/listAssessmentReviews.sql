-- The reviews of an assessment, the latest first.
--@ cursor recorded_at, review_id
select seen_assessment(:assessmentId::uuid);

select r.review_id, r.assessment_id, r.case_id, r.item_id as review_item_id, r.decision, a.suggested_grade, r.assessor_grade,
       r.specialist_grade, r.agreed_before, r.agreed_grade, r.reason, r.answers_rationale, to_jsonb(r.overturns) as overturns,
       r.occurred_at, r.recorded_by, r.recorded_at, r.decision <> 'lower' or z.review_id is not null as in_effect,
       case when z.review_id is not null then jsonb_build_object('authorisationId', z.authorisation_id, 'agreedGrade', z.agreed_grade,
            'recordedBy', z.recorded_by, 'recordedAt', instant(z.recorded_at)) end as authorisation,
       r.version, concat_ws(' ', 'review:' || r.review_id || ':' || r.version, 'assessment:' || a.assessment_id || ':' || a.version,
                 'review_authorisation:' || z.authorisation_id || ':' || z.version) as "@seen"
from   review r
join   assessment a on a.force_id = r.force_id and a.assessment_id = r.assessment_id
left   join review_authorisation z on z.force_id = r.force_id and z.review_id = r.review_id
where  r.force_id = :force and r.assessment_id = :assessmentId
--? cursor  and (r.recorded_at, r.review_id) < ((:cursor::jsonb ->> 0)::timestamptz, (:cursor::jsonb ->> 1)::uuid)
order  by r.recorded_at desc, r.review_id desc limit :fetch
