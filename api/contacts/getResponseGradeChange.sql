-- One change of a response grade.
--@ seen response_grade_change:{change_id}:{version}
select g.change_id, g.contact_id, g.occurred_at, g.from_grade, g.to_grade, g.target_at, g.reason,
       g.authorised_by, g.victim_spoken_to, g.fresh_assessment, g.compliant, g.faults, g.recorded_by,
       g.recorded_at, g.version, g.version as "@etag"
from   response_grade_change g
where  g.force_id = :force and g.contact_id = :contactId and g.change_id = :changeId
