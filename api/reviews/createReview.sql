-- A specialist agrees with an assessment's grade, raises it, or asks to lower what stands; the items of the queue that
-- it settles are done.
insert into review (force_id, review_id, case_id, assessment_id, item_id, decision, specialist_grade, reason, answers_rationale)
select :force, :newId, a.case_id, a.assessment_id, take_up_for_review(a.assessment_id, :reviewItemId::uuid), :decision,
       :grade::text, :reason, :answersRationale
from   assessment a
where  a.force_id = :force and a.assessment_id = seen_assessment(:assessmentId::uuid);

select settle_review_items(:newId::uuid);

select r.review_id, r.assessment_id, r.case_id, r.item_id as review_item_id, r.decision, a.suggested_grade, r.assessor_grade,
       r.specialist_grade, r.agreed_before, r.agreed_grade, r.reason, r.answers_rationale, to_jsonb(r.overturns) as overturns,
       r.occurred_at, r.recorded_by, r.recorded_at, r.decision <> 'lower' or z.review_id is not null as in_effect,
       null::jsonb as authorisation, r.version, r.version as "@etag"
from   review r
join   assessment a on a.force_id = r.force_id and a.assessment_id = r.assessment_id
left   join review_authorisation z on z.force_id = r.force_id and z.review_id = r.review_id
where  r.force_id = :force and r.review_id = :newId
