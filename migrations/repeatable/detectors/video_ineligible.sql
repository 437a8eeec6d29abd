-- video_ineligible: a response by video took place with the offender present, in an emergency, or without consent.
-- Source: the project's own reading of what forces allow it for. The faults are those found as the call started and ended.
-- Settings: faults (codes that count).
create or replace function detect_video_ineligible(subject contact_facts, at timestamptz, limits jsonb) returns finding[]
language plpgsql stable strict as $$
declare
  wrong   text;
  records jsonb;
begin
  select string_agg(distinct n.wrong, ' '),
         jsonb_agg(record_shown('video_response', n.response_id, n.started, jsonb_build_object('faults', n.codes)) order by n.started)
  into   wrong, records
  from  (select v.response_id, s.started, f.codes, f.wrong
         from   video_response v
         cross  join lateral (select min(t.occurred_at) as started from video_response_transition t
                              where  t.force_id = current_force() and t.response_id = v.response_id and t.to_status = 'started' and t.recorded_at <= at) s
         cross  join lateral (select jsonb_agg(l.item ->> 'code') as codes, string_agg(l.item ->> 'detail', ' ') as wrong
                              from   jsonb_array_elements(v.faults) l (item) where limits -> 'faults' ? (l.item ->> 'code')) f
         where  v.force_id = current_force() and v.contact_id = subject.contact_id and v.recorded_at <= at and not v.compliant
         and    s.started is not null and f.codes is not null
         order  by s.started desc limit 20) n;
  if records is null then
    return null;
  end if;
  return findings_of_contact(subject, 'A response by video took place though it was not allowed. ' || wrong, evidence_of(records));
end $$;
comment on function detect_video_ineligible(contact_facts, timestamptz, jsonb) is 'Looks at a contact.';
select define_detector('video_ineligible', 1, 'critical', 'supervisor', 'contact', 2,
  '{"faults": ["emergency", "contact_is_emergency", "offender_present", "contact_suspect_present", "victim_not_safe",
               "victim_not_able", "victim_did_not_choose", "consent_refused", "without_consent"]}',
  'A response by video with the offender present, in an emergency, or without consent.',
  'Send somebody to see the victim alone, and do not rest on what was said in the call.',
  'subject.has_video');
