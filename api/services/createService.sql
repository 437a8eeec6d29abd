-- Adds a service that cases may be referred to.
insert into service (force_id, service_id, name, kind, acknowledge_within_hours, recipients, note)
values (:force, :newId, :name, :kind, coalesce(:acknowledgeWithinHours::jsonb, '{}'), coalesce(:recipients::jsonb, '[]'), :note)
returning service_id, name, kind, acknowledge_within_hours, recipients, note, enabled, recorded_by, recorded_at, version,
          version as "@etag"
