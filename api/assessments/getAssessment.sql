-- One assessment with every answer, its grades side by side, and the reviews of it.
select a.assessment_id, a.case_id, contact_shown(a.contact_id) as contact_id, jsonb_build_object('name', a.set_name, 'version', a.set_version) as set,
       a.occurred_at, a.assessed_by, a.recorded_at, a.recorded_by, a.answers, a.tick_count, a.high_risk_count,
       a.unanswered_count, a.suggested_grade, a.assessor_grade, a.agreed_grade, a.rationale, a.answers_rationale,
       a.supersedes, a.history_checked, a.follow_on, a.compliant, a.faults,
       (select n.assessment_id from assessment n where n.force_id = a.force_id and n.supersedes = a.assessment_id) as superseded_by,
       v.latest as specialist_grade, coalesce(v.reviews, '[]') as reviews,
       (select i.item_id from review_item i where i.force_id = a.force_id and i.assessment_id = a.assessment_id
        and i.status <> 'done') as review_item_id, a.version, a.version as "@etag",
       concat_ws(' ', 'assessment:' || a.assessment_id || ':' || a.version, v.seen) as "@seen"
from   assessment a
cross  join lateral (
       select (array_agg(r.specialist_grade order by r.recorded_at desc, r.review_id desc))[1] as latest,
              jsonb_agg(jsonb_build_object('reviewId', r.review_id, 'decision', r.decision, 'grade', r.specialist_grade,
                        'agreedGrade', coalesce(z.agreed_grade, r.agreed_grade), 'inEffect', r.decision <> 'lower' or z.review_id is not null,
                        'recordedBy', r.recorded_by, 'recordedAt', instant(r.recorded_at)) order by r.recorded_at, r.review_id) as reviews,
              string_agg(concat_ws(' ', 'review:' || r.review_id || ':' || r.version,
                                   'review_authorisation:' || z.authorisation_id || ':' || z.version), ' ') as seen
       from   review r left join review_authorisation z on z.force_id = r.force_id and z.review_id = r.review_id
       where  r.force_id = a.force_id and r.assessment_id = a.assessment_id) v
where  a.force_id = :force and a.assessment_id = :assessmentId
