-- Cases.
select a."@seen", $$ :no :names; $$ from c where f = :force and x = ':caseId' and y::text = :caseId
--? status and s = :status
--? grade and g = :grade and h = :status
limit :fetch
