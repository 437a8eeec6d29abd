-- no_history_check: the risk was assessed, and no check of what is known already is recorded.
-- Source: IOPC, West Midlands Police's contact with Raneem Oudeh (18 November 2022): intelligence was not checked when the risk was assessed. The
-- same rule as the fault that an assessment is recorded with, but for a check that is recorded late, and an assessment that is replaced.
-- Settings: days (that the assessment may lie back).
create or replace function detect_no_history_check(subject case_facts, at timestamptz, limits jsonb) returns finding[]
language plpgsql stable strict as $$
declare
  since     timestamptz := at - make_interval(days => (limits ->> 'days')::int);
  assessed  assessment_facts;
  blind     assessment_facts[] := '{}';
  contacts  uuid[] := '{}';
  looked_up uuid[] := '{}';
  latest    uuid;
  shown     jsonb := '[]';
begin
  foreach assessed in array assessments_in(subject.assessments, subject.case_id, since, 100) loop
    if not assessed.history_checked then
      blind := blind || assessed;
      contacts := contacts || assessed.contact_id;
    end if;
  end loop;
  if array_remove(contacts, null) <> '{}' then
    looked_up := array(select h.contact_id from history_check h where h.force_id = current_force() and h.contact_id = any (contacts) and h.recorded_at <= at);
  end if;
  foreach assessed in array blind loop
    if (assessed.contact_id = any (looked_up)) is not true and jsonb_array_length(shown) < 20 then
      latest := case shown when '[]' then assessed.contact_id else latest end;
      shown := jsonb_build_array(record_shown('assessment', assessed.assessment_id, assessed.occurred_at)) || shown;
    end if;
  end loop;
  if shown = '[]' then
    return null;
  end if;
  return array[(subject.case_id, latest, 'The risk was assessed without a recorded check of what is known already.', evidence_of(shown), null)::finding];
end $$;
comment on function detect_no_history_check(case_facts, timestamptz, jsonb) is 'Looks at a case.';
select define_detector('no_history_check', 1, 'warning', 'specialist', 'case', 4, '{"days": 30}',
  'Assessed without a recorded check of history.',
  'Look up both people''s history, and assess again when it changes the picture.');
