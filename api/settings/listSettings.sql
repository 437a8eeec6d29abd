-- Every setting: what is in force, the default, and all values it was given or will take, newest first.
--@ cursor name
select d.name, d.description, d.default_value, coalesce(e.value, d.default_value) as value, e.effective_from, h.history,
       coalesce(h.seen, '') as "@seen"
from   setting_definition d
left   join lateral (
         select s.value, s.effective_from from setting s
         where  s.force_id = :force and s.name = d.name and s.effective_from <= domain_now()
         order  by s.effective_from desc, s.recorded_at desc limit 1) e on true,
lateral (select coalesce(jsonb_agg(jsonb_build_object('settingId', s.setting_id, 'value', s.value, 'effectiveFrom', instant(s.effective_from),
                                                      'reason', s.reason, 'recordedBy', s.recorded_by, 'recordedAt', instant(s.recorded_at))
                                   order by s.effective_from desc, s.recorded_at desc), '[]') as history,
                string_agg(s.seen, ' ') as seen
         from   setting_shown s where s.force_id = :force and s.name = d.name) h
where  true
--? cursor  and d.name > :cursor::jsonb ->> 0
order  by d.name limit :fetch
