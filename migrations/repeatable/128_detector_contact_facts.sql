-- What detectors of contacts ask besides, as of a moment.

create or replace function grade_known(of_contact contact, at timestamptz, out grade text, out target_at timestamptz)
language plpgsql stable as $$
declare
  change response_grade_change;
begin
  select * into change from response_grade_change g
  where  g.force_id = of_contact.force_id and g.contact_id = of_contact.contact_id and g.occurred_at <= at and g.recorded_at <= at
  order  by g.occurred_at desc, g.change_id desc limit 1;
  if found then
    grade := change.to_grade;
    target_at := change.target_at;
    return;
  end if;
  select * into change from response_grade_change g
  where  g.force_id = of_contact.force_id and g.contact_id = of_contact.contact_id
  order  by g.occurred_at, g.change_id limit 1;
  if found then
    grade := change.from_grade;
    target_at := response_target(grade, of_contact.occurred_at);
  else
    grade := of_contact.response_grade;
    target_at := of_contact.target_at;
  end if;
end $$;
comment on function grade_known(contact, timestamptz) is 'Response grade and target of a contact as they stood and were known at a moment.';

create or replace function closed_at(contact uuid, at timestamptz) returns timestamptz language plpgsql stable as $$
begin
  return (select min(k.occurred_at) from closure k
          where  k.force_id = current_force() and k.contact_id = contact and k.recorded_at <= at);
end $$;
comment on function closed_at(uuid, timestamptz) is 'When its log was first closed, as known then; null: it is open.';

create or replace function seen_by_video_at(contact uuid, at timestamptz) returns timestamptz language plpgsql stable as $$
begin
  return (select min(t.occurred_at)
          from   video_response v
          join   video_response_transition t on t.force_id = current_force() and t.response_id = v.response_id and t.to_status = 'ended'
          where  v.force_id = current_force() and v.contact_id = contact and t.recorded_at <= at);
end $$;
comment on function seen_by_video_at(uuid, timestamptz) is 'When a response by video first ended, as known then; null: none has.';

create or replace function findings_of_contact(id uuid, sentence text, evidence jsonb, look_again timestamptz default null) returns setof finding
language plpgsql stable as $$
begin
  return query select l.case_id, id, sentence, evidence, look_again
               from   contact_case l where l.force_id = current_force() and l.contact_id = id and l.active
               and    l.recorded_at <= domain_now();
  if not found then
    return query select null::uuid, id, sentence, evidence, look_again;
  end if;
end $$;
comment on function findings_of_contact(uuid, text, jsonb, timestamptz) is 'One finding for each case of a contact; without a case the contact itself carries it.';

grant execute on function grade_known(contact, timestamptz), closed_at(uuid, timestamptz), seen_by_video_at(uuid, timestamptz),
  findings_of_contact(uuid, text, jsonb, timestamptz) to secondlook_app, secondlook_detector;
