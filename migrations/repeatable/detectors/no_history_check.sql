-- no_history_check: the risk was assessed, and no check of what is known already is recorded.
-- Source: IOPC, West Midlands Police's contact with Raneem Oudeh (18 November 2022): intelligence was not checked when the risk was assessed. The
-- same rule as the fault that an assessment is recorded with, but for a check that is recorded late, and an assessment that is replaced.
-- Settings: days (that the assessment may lie back).
create or replace function detect_no_history_check(subject uuid, at timestamptz, limits jsonb) returns setof finding
language plpgsql stable as $$
declare
  since   timestamptz := at - make_interval(days => (limits ->> 'days')::int);
  latest  uuid;
  records jsonb;
begin
  select (array_agg(n.contact_id order by n.occurred_at desc))[1],
         jsonb_agg(record_shown('assessment', n.assessment_id, n.occurred_at) order by n.occurred_at)
  into   latest, records
  from  (select a.assessment_id, a.contact_id, a.occurred_at
         from   assessment a
         where  a.force_id = current_force() and a.case_id = subject and a.occurred_at > since and a.recorded_at <= at and not a.history_checked
         and    not exists (select from assessment s where s.force_id = current_force() and s.supersedes = a.assessment_id and s.recorded_at <= at)
         and    not exists (select from history_check h
                            where  h.force_id = current_force() and h.contact_id = a.contact_id and h.recorded_at <= at)
         order  by a.occurred_at desc limit 20) n;
  if records is not null then
    return query select subject, latest, 'The risk was assessed without a recorded check of what is known already.'::text,
                        evidence_of(records), null::timestamptz;
  end if;
end $$;
comment on function detect_no_history_check(uuid, timestamptz, jsonb) is 'Looks at a case.';
select define_detector('no_history_check', 1, 'warning', 'specialist', 'case', 4, '{"days": 30}',
  'Assessed without a recorded check of history.',
  'Look up both people''s history, and assess again when it changes the picture.');
