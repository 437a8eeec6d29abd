-- One judgement of who the primary aggressor is.
--@ seen primary_aggressor_assessment:{judgement_id}:{version}
select j.judgement_id, j.case_id, j.person_id, j.rationale, j.assessment_id, j.occurred_at, j.recorded_by, j.recorded_at, j.version, j.version as "@etag"
from   primary_aggressor_assessment j
where  j.force_id = :force and j.case_id = :caseId and j.judgement_id = :judgementId
