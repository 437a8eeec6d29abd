-- One value that a setting was given.
select s.setting_id, s.name, s.value, s.effective_from, s.reason, s.recorded_by, s.recorded_at, s.version, s.version as "@etag", s.seen as "@seen"
from   setting_shown s
where  s.force_id = :force and s.setting_id = :settingId
