-- A supervisor lets a lowering take effect, by a request of their own and never for their own review.
insert into review_authorisation (force_id, authorisation_id, review_id, case_id, reason)
select :force, :newId, r.review_id, r.case_id, :reason
from   review r
where  r.force_id = :force and r.review_id = seen_review(:reviewId::uuid);

select close_case_review(z.case_id, z.reason) from review_authorisation z where z.force_id = :force and z.authorisation_id = :newId;

select z.authorisation_id, z.review_id, z.case_id, z.reason, z.agreed_before, z.agreed_grade, z.occurred_at, z.recorded_by,
       z.recorded_at, z.version, z.version as "@etag"
from   review_authorisation z
where  z.force_id = :force and z.authorisation_id = :newId
