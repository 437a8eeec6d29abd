-- Who was judged to be the primary aggressor of a case, the latest first.
--@ seen primary_aggressor_assessment:{judgement_id}:{version}
--@ cursor recorded_at, judgement_id
select seen_case(:caseId);

select j.judgement_id, j.case_id, j.person_id, j.rationale, j.assessment_id, j.occurred_at, j.recorded_by, j.recorded_at, j.version
from   primary_aggressor_assessment j
where  j.force_id = :force and j.case_id = :caseId
--? cursor and (j.recorded_at, j.judgement_id) < ((:cursor::jsonb ->> 0)::timestamptz, (:cursor::jsonb ->> 1)::uuid)
order  by j.recorded_at desc, j.judgement_id desc
limit  :fetch
