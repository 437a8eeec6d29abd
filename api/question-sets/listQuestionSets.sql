-- Every version of every question set.
--@ cursor name, version
select s.name, s.version, s.title, s.grading is not null as graded,
       (select count(*) from question q where q.set_name = s.name and q.set_version = s.version) as question_count,
       s.recorded_at, '' as "@seen"
from   question_set s
where  true
--? cursor  and (s.name, s.version) > (:cursor::jsonb ->> 0, (:cursor::jsonb ->> 1)::int)
order  by s.name, s.version limit :fetch
