-- closed_unseen: the log was closed, and the victim was neither seen nor spoken to.
-- Source: the project's own reading. Seen is also who was seen when officers came, or in a response by video.
-- Settings: exempt_outcomes (of closing).
create or replace function detect_closed_unseen(subject contact_facts, at timestamptz, limits jsonb) returns finding[]
language plpgsql stable strict as $$
declare
  is_seen boolean;
  records jsonb;
begin
  select bool_or(n.victim_seen or n.victim_spoken_to),
         jsonb_agg(record_shown('closure', n.closure_id, n.occurred_at, jsonb_build_object('outcome', n.outcome)) order by n.occurred_at)
           filter (where not limits -> 'exempt_outcomes' ? n.outcome)
  into   is_seen, records
  from  (select * from closure k where k.force_id = current_force() and k.contact_id = subject.contact_id and k.recorded_at <= at
         order  by k.occurred_at desc limit 20) n;
  if is_seen or records is null or seen_by_video_at(subject, at) is not null
     or exists (select from attendance t where t.force_id = current_force() and t.contact_id = subject.contact_id and t.recorded_at <= at and t.victim_seen) then
    return null;
  end if;
  return findings_of_contact(subject, 'The log was closed, and the victim was neither seen nor spoken to.', evidence_of(records));
end $$;
comment on function detect_closed_unseen(contact_facts, timestamptz, jsonb) is 'Looks at a contact.';
select define_detector('closed_unseen', 1, 'critical', 'supervisor', 'contact', 2, '{"exempt_outcomes": ["duplicate"]}',
  'Closed, and the victim was neither seen nor spoken to.',
  'Find the victim and see that they are safe, by the rule for safe contact; open the log again.',
  'subject.closed_at is not null');
