-- Records an assessment: its answers are checked against the set's version and counted; what broke a rule is stored and
-- flagged. Triggers judge it, settle the case's grades and put it into the queue.
insert into assessment (force_id, assessment_id, case_id, contact_id, set_name, set_version, occurred_at, assessed_by, answers,
                        tick_count, high_risk_count, unanswered_count, yes_topics, suggested_grade, assessor_grade, rationale,
                        answers_rationale, supersedes, history_checked, follow_on, faults)
select :force, :newId, :caseId::uuid, known_contact(:contactId::uuid, '/contactId'), s.set_name, s.set_version,
       :occurredAt::timestamptz, coalesce(:assessedBy, :actor), s.answers, s.tick_count, s.high_risk_count, s.unanswered_count,
       s.yes_topics, s.suggested_grade, :assessorGrade::text, :rationale, :answersRationale,
       known_assessment(:supersedes::uuid, :caseId::uuid, '/supersedes'), coalesce(:historyChecked::boolean, false),
       s.follow_on, s.faults
from   score_assessment(seen_case(:caseId::uuid), :set::jsonb, :answers::jsonb, :assessorGrade::text) s;

select a.assessment_id, a.case_id, a.contact_id, jsonb_build_object('name', a.set_name, 'version', a.set_version) as set,
       a.occurred_at, a.assessed_by, a.recorded_at, a.recorded_by, a.answers, a.tick_count, a.high_risk_count,
       a.unanswered_count, a.suggested_grade, a.assessor_grade, a.agreed_grade, a.rationale, a.answers_rationale,
       a.supersedes, a.history_checked, a.follow_on, a.compliant, a.faults,
       null::uuid as superseded_by, null::text as specialist_grade, '[]'::jsonb as reviews,
       (select i.item_id from review_item i where i.force_id = a.force_id and i.assessment_id = a.assessment_id
        and i.status <> 'done') as review_item_id, a.version, a.version as "@etag"
from   assessment a
where  a.force_id = :force and a.assessment_id = :newId
