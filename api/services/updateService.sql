-- Changes what is given of a service; a member that is null is emptied where it may be.
update service
set    name = coalesce(:name, name),
       acknowledge_within_hours = case when :body::jsonb ? 'acknowledgeWithinHours'
                                       then coalesce(merge_patch(acknowledge_within_hours, :acknowledgeWithinHours::jsonb), '{}')
                                       else acknowledge_within_hours end,
       recipients = case when :body::jsonb ? 'recipients' then coalesce(:recipients::jsonb, '[]') else recipients end,
       note = case when :body::jsonb ? 'note' then :note else note end,
       enabled = coalesce(:enabled::boolean, enabled),
       version = :ifMatch
where  force_id = :force and service_id = :serviceId
returning service_id, name, kind, acknowledge_within_hours, recipients, note, enabled, recorded_by, recorded_at, version,
          version as "@etag"
