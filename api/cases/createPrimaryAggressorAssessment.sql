-- Records who of the two is judged to be the primary aggressor, and why; the latest judgement counts, the earlier ones stay.
insert into primary_aggressor_assessment (force_id, judgement_id, case_id, person_id, rationale, assessment_id)
values (:force, :newId, check_aggressor(:caseId::uuid, :personId::uuid, :assessmentId::uuid), :personId, :rationale, :assessmentId);

select j.judgement_id, j.case_id, j.person_id, j.rationale, j.assessment_id, j.occurred_at, j.recorded_by, j.recorded_at, j.version, j.version as "@etag"
from   primary_aggressor_assessment j
where  j.force_id = :force and j.judgement_id = :newId
