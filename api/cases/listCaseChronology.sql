-- What happened in a case, in order: contacts, grades, assessments, reviews, referrals, alerts, with silences and late entries shown.
--@ cursor occurred_at, line_id
select seen_case(:caseId), check_told_kinds(:kind);

select e.kind, e.change, e.record_id, e.version, e.occurred_at, e.recorded_at, e.recorded_by, e.summary, e.state, e.compliant,
       e.gap_days, e.late_minutes, e.line_id, e.erased_members, e.kind || ':' || e.record_id || ':' || e.version as "@seen"
from   (select t.kind, t.change, t.record_id, t.version, t.happened_at as occurred_at, t.known_at as recorded_at, t.recorded_by, t.told as summary,
               t.state, t.compliant, t.line_id, t.erased as erased_members,
               case when t.happened_at - lag(t.happened_at) over story >= make_interval(days => s.gap)
                    then extract(day from t.happened_at - lag(t.happened_at) over story)::int end as gap_days,
               case when t.known_at - t.happened_at >= make_interval(mins => s.late)
                    then (extract(epoch from t.known_at - t.happened_at) / 60)::int end as late_minutes
        from   case_chronology(:caseId) t,
               (select (setting_value('chronology_gap_days') #>> '{}')::int as gap, (setting_value('chronology_late_minutes') #>> '{}')::int as late) s
        where  t.kind = any ((select told_kinds_for(:operations))::text[])
        window story as (order by t.happened_at, t.line_id)) e
where  true
--? kind and e.kind = any (string_to_array(:kind, ','))
--? occurredFrom   and e.occurred_at >= :occurredFrom
--? occurredBefore and e.occurred_at < :occurredBefore
--? cursor and (e.occurred_at, e.line_id) > ((:cursor::jsonb ->> 0)::timestamptz, (:cursor::jsonb ->> 1)::uuid)
order  by e.occurred_at, e.line_id
limit  :fetch
