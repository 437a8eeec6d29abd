-- What a look finds, all of it together.
create type detector_finding as (
  detector_id  text,
  subject_kind text,        -- contact or case
  subject_id   uuid,        -- of what it was asked
  case_id      uuid,        -- the rest is the finding
  contact_id   uuid,
  sentence     text,
  evidence     jsonb,
  look_again   timestamptz
);
comment on type detector_finding is 'A finding, and which detector found it of what.';

-- The clock's own role had been a member of the app's. What the app may not see is none of its business: it has policies of its own, which
-- ask for the force alone, and no more rights than its rules need.
do $$
begin
  if pg_has_role('secondlook_detector', 'secondlook_app', 'member') then
    revoke secondlook_app from secondlook_detector;
  end if;
end $$;
grant execute on function current_force(), current_actor(), current_staff_roles(), domain_now(), hidden_cases() to secondlook_detector;
