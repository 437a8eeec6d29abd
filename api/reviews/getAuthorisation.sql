-- One authorisation of a lowering.
--@ seen review_authorisation:{authorisation_id}:{version}
select z.authorisation_id, z.review_id, z.case_id, z.reason, z.agreed_before, z.agreed_grade, z.occurred_at, z.recorded_by,
       z.recorded_at, z.version, z.version as "@etag"
from   review_authorisation z
where  z.force_id = :force and z.authorisation_id = :authorisationId
