-- referral_stale: a referral was sent, and is unacknowledged when its deadline passes. The clock chases it then: chase_referrals().
-- Source: the project's own reading: a deadline by service and grade, a chase when it passes.
-- Settings: none of its own; referral_chase_hours and referral_chase_most say when to look again, so that it is chased again.
create or replace function detect_referral_stale(subject case_facts, at timestamptz, limits jsonb) returns finding[]
language plpgsql stable strict as $$
declare
  sent  record;
  again timestamptz;
  shown jsonb := '[]';
begin
  for sent in
    select r.referral_id, m.occurred_at, case when r.sent_at = m.occurred_at and r.acknowledge_by is not null then r.acknowledge_by
                                              else acknowledge_deadline(r.service_id, r.grade, m.occurred_at) end as deadline
    from   referral r
    cross  join lateral (select t.to_status, t.occurred_at from referral_transition t
                         where  t.force_id = current_force() and t.referral_id = r.referral_id and t.recorded_at <= at
                         order  by t.number desc limit 1) m
    where  r.force_id = current_force() and r.case_id = subject.case_id and r.recorded_at <= at and m.to_status = 'sent'
    order  by 3 limit 20
  loop
    if sent.deadline > at then
      again := least(again, sent.deadline);
    else
      again := least(again, next_chase(sent.deadline, at));
      shown := shown || record_shown('referral', sent.referral_id, sent.occurred_at, jsonb_build_object('acknowledgeBy', instant(sent.deadline)));
    end if;
  end loop;
  if shown = '[]' and again is null then
    return null;
  end if;
  return array[(subject.case_id, null,
                case when shown <> '[]' then 'A referral was sent and is unacknowledged past its deadline.' end,
                evidence_of(shown), again)::finding];
end $$;
comment on function detect_referral_stale(case_facts, timestamptz, jsonb) is 'Looks at a case.';
select define_detector('referral_stale', 1, 'warning', 'specialist', 'case', 4, '{}',
  'A referral sent and unacknowledged past its deadline.',
  'Ring the service, and refer her elsewhere when it cannot take her.',
  'subject.has_referrals');
