-- Sets a setting to a value from a moment on; what was in force before stays in the history.
select check_setting(:name, :body::jsonb -> 'value', :effectiveFrom::timestamptz);

insert into setting (force_id, setting_id, name, value, effective_from, reason)
values (:force, :newId, :name, :body::jsonb -> 'value', coalesce(:effectiveFrom::timestamptz, domain_now()), :reason);

select s.setting_id, s.name, s.value, s.effective_from, s.reason, s.recorded_by, s.recorded_at, s.version, s.version as "@etag"
from   setting_shown s
where  s.force_id = :force and s.setting_id = :newId
