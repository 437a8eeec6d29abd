-- One version of a question set: what is asked, on which scales, what follows from it and how it is graded.
select s.name, s.version, s.title, s.document ->> 'description' as description, s.document -> 'ages' as ages,
       s.document -> 'scales' as scales, s.document -> 'sections' as sections, s.document -> 'questions' as questions,
       s.follow_on, s.grading, s.recorded_at, '' as "@seen"
from   question_set s
where  s.name = :name and s.version = :version::int
