-- silent_downgrade: a response grade was lowered without a reason, an authoriser or a fresh assessment of the risk.
-- Source: the project's own reading, for response grades, of what the IOPC found of a risk grade: lowered, and the earlier reason for it not looked
-- into.
-- Settings: faults (codes of those that a lowering is checked for when it is recorded).
create or replace function detect_silent_downgrade(subject contact_facts, at timestamptz, limits jsonb) returns finding[]
language plpgsql stable strict as $$
declare
  lacks   text;
  records jsonb;
begin
  select string_agg(distinct n.lacks, ' '),
         jsonb_agg(record_shown('response_grade_change', n.change_id, n.occurred_at,
                                jsonb_build_object('from', n.from_grade, 'to', n.to_grade, 'faults', n.codes)) order by n.occurred_at)
  into   lacks, records
  from  (select g.change_id, g.occurred_at, g.from_grade, g.to_grade, f.codes, f.lacks
         from   response_grade_change g
         cross  join lateral (select jsonb_agg(l.item ->> 'code') as codes, string_agg(l.item ->> 'detail', ' ') as lacks
                              from   jsonb_array_elements(g.faults) l (item) where limits -> 'faults' ? (l.item ->> 'code')) f
         where  g.force_id = current_force() and g.contact_id = subject.contact_id and g.recorded_at <= at and not g.compliant and f.codes is not null
         order  by g.occurred_at desc limit 20) n;
  if records is null then
    return null;
  end if;
  return findings_of_contact(subject, lacks, evidence_of(records));
end $$;
comment on function detect_silent_downgrade(contact_facts, timestamptz, jsonb) is 'Looks at a contact.';
select define_detector('silent_downgrade', 1, 'critical', 'supervisor', 'contact', 1,
  '{"faults": ["reason_missing", "authoriser_missing", "authorised_by_author", "authoriser_unknown", "not_assessed_afresh"]}',
  'A response grade was lowered without a reason, an authoriser or a fresh assessment.',
  'Ask why, restore the earlier grade unless there is an answer to what it rested on, and have a supervisor authorise it by name.',
  'subject.is_regraded');
