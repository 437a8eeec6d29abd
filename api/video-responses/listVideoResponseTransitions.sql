-- The moves of a response by video, in the order in which they were made.
--@ seen video_response_transition:{transition_id}:{version}
--@ cursor number, transition_id
select seen_video_response(:responseId);

select t.transition_id, t.response_id, t.number, t.from_status as "from", t.to_status as "to", t.reason, t.occurred_at, t.recorded_by,
       t.recorded_at, t.version
from   video_response_transition t
where  t.force_id = :force and t.response_id = :responseId
--? cursor  and t.number > (:cursor::jsonb ->> 0)::int
order  by t.number limit :fetch
