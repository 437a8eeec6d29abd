-- Reviews and authorisations: what a decision needs, and what it does to the agreed grade.

select make_seen('seen_review', 'review', 'review_id');

-- The item of the queue that a review settles. An item that the reviewer names must be theirs; the assessment's own
-- item must be free or theirs; that of an assessment it replaces is taken up too, where it is free.
create or replace function take_up_for_review(of_assessment uuid, named_item uuid) returns uuid language plpgsql as $$
declare
  a     assessment;
  named review_item;
  own   uuid;
begin
  select * into a from assessment t where t.force_id = current_force() and t.assessment_id = of_assessment;
  if named_item is not null then
    perform from review_item i where i.force_id = a.force_id and i.item_id = named_item
    and    (i.assessment_id = a.assessment_id or i.contact_id = a.contact_id
            or exists (select from contact_case l where l.force_id = i.force_id and l.contact_id = i.contact_id
                       and l.case_id = a.case_id and l.active));
    if not found then
      perform refuse('SL422', 'unknown_reference', jsonb_build_object('errors', jsonb_build_array(
        fault_at('/reviewItemId', 'unknown_reference', 'No such item of the queue about this assessment or its case.'))));
    end if;
    named := seen_review_item(named_item);
    perform refuse_unless_held(named, 'done');
  end if;
  select i.item_id into own from review_item i
  where  i.force_id = a.force_id and i.assessment_id = a.assessment_id and i.status <> 'done';
  if own is not null and own is distinct from named_item then
    perform claim_review_item(own);
  end if;
  perform claim_review_item(i.item_id) from review_item i
  where  i.force_id = a.force_id and i.assessment_id = a.supersedes and i.status <> 'done' and i.item_id is distinct from named_item
  and    not held_by_other(i);
  return coalesce(named_item, own);
end $$;
comment on function take_up_for_review(uuid, uuid) is
  'The item that a review of an assessment settles, claimed by the actor; 409 when somebody else has it, or the claim is over.';

create or replace function settle_review_items(of_review uuid) returns void language plpgsql as $$
declare
  r review;
begin
  select * into r from review v where v.force_id = current_force() and v.review_id = of_review;
  update review_item i set status = 'done', review_id = r.review_id
  where  i.force_id = r.force_id and i.status = 'claimed' and i.claimed_by = current_actor()
  and    (i.item_id = r.item_id or i.assessment_id = r.assessment_id
          or i.assessment_id = (select a.supersedes from assessment a
                                where a.force_id = r.force_id and a.assessment_id = r.assessment_id));
  if r.decision = 'raise' and r.agreed_grade = 'high' and r.agreed_before is distinct from 'high' then
    update case_file c set status = 'escalated', reason = r.reason
    where  c.force_id = r.force_id and c.case_id = r.case_id and c.status = 'in_review';
  else
    perform close_case_review(r.case_id, coalesce(r.reason, 'Its assessment was reviewed.'));
  end if;
end $$;
comment on function settle_review_items(uuid) is
  'After a review: its items are done; a case raised to high is escalated, one with nothing left to look at is reviewed.';

-- Past the policies, as judge_assessment() is: the grades that count are all of the case's.
create or replace function judge_review() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  a        assessment;
  standing int;
  assessed int;
  level    int;
  errors   jsonb := '[]';
begin
  select * into a from assessment t where t.force_id = new.force_id and t.assessment_id = new.assessment_id;
  perform lock_grades(a.force_id, a.case_id);
  standing := (standing_levels(a.force_id, a.case_id, new.occurred_at, (setting_values('{grade_window_days}') ->> 'grade_window_days')::int, null)).standing;
  assessed := grade_level(a.assessor_grade);
  if new.decision = 'agree' then
    new.specialist_grade := coalesce(new.specialist_grade, a.assessor_grade);
  end if;
  level := grade_level(new.specialist_grade);

  if level is null then
    errors := errors || fault_at('/grade', 'required', 'Say the grade.');
  elsif new.decision = 'agree' and level <> coalesce(assessed, level) then
    errors := errors || fault_at('/grade', 'not_the_same', 'To agree is to give the assessor''s grade, ' || a.assessor_grade || '.');
  elsif new.decision = 'raise' and level <= coalesce(assessed, 0) then
    errors := errors || fault_at('/grade', 'not_higher', 'To raise is to give a grade above the assessor''s, ' || a.assessor_grade || '.');
  elsif new.decision = 'lower' and level >= coalesce(greatest(assessed, standing), 0) then
    errors := errors || fault_at('/grade', 'not_lower', 'Nothing stands that is higher.');
  end if;
  if new.decision in ('raise', 'lower') and coalesce(btrim(new.reason), '') = '' then
    errors := errors || fault_at('/reason', 'required', 'To raise or to lower a grade needs a reason.');
  end if;
  if new.decision = 'lower' and coalesce(btrim(new.answers_rationale), '') = '' then
    errors := errors || fault_at('/answersRationale', 'required', 'To lower a grade is to answer the rationale that it overturns.');
  end if;
  if errors <> '[]' then
    perform refuse('SL422', 'invalid_request', jsonb_build_object('errors', errors));
  end if;

  new.case_id := a.case_id;
  new.assessor_grade := a.assessor_grade;
  new.agreed_before := grade_of(standing);
  new.overturns := case when new.decision = 'lower' then higher_grades(a.force_id, a.case_id, level) else '{}' end;
  new.agreed_grade := grade_of(case when new.decision = 'lower' then coalesce(standing, assessed) else greatest(standing, level) end);
  return new;
end $$;
comment on function judge_review() is
  'What a decision needs, all faults at once, and the grades before and after; a lowering leaves the agreed grade until it is authorised.';

create or replace function higher_grades(for_force text, for_case uuid, than int) returns uuid[]
language sql stable security definer set search_path = public, pg_temp as $$
  select coalesce(array_agg(id), '{}') from (
    select a.assessment_id as id from assessment a
    where  a.force_id = for_force and a.case_id = for_case and grade_level(a.assessor_grade) > than
    union all
    select r.review_id from review r
    where  r.force_id = for_force and r.case_id = for_case and grade_level(r.specialist_grade) > than) as h
$$;
comment on function higher_grades(text, uuid, int) is 'Assessments and reviews of a case that gave a higher grade: what lowering to it overturns.';

create or replace trigger c_judge before insert on review for each row execute function judge_review();

create or replace function judge_authorisation() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  r    review;
  days int := setting_values('{grade_window_days}') ->> 'grade_window_days';
begin
  select * into r from review v where v.force_id = new.force_id and v.review_id = new.review_id;
  if r.recorded_by = current_actor() then
    perform refuse('SL403', 'own_work', jsonb_build_object('detail', 'Another supervisor has to authorise it.'));
  elsif not 'supervisor' = any (current_staff_roles()) or current_actor() like 'client:%' then
    perform refuse('SL403', 'role_not_allowed', jsonb_build_object('allowedRoles', '["supervisor"]'::jsonb));
  elsif r.decision <> 'lower' then
    perform refuse('SL409', 'not_possible', jsonb_build_object('detail', 'Only lowering needs to be authorised.'));
  end if;
  perform lock_grades(r.force_id, r.case_id);
  new.case_id := r.case_id;
  new.agreed_before := grade_of((standing_levels(r.force_id, r.case_id, new.occurred_at, days, null)).standing);
  new.agreed_grade := grade_of(coalesce((standing_levels(r.force_id, r.case_id, new.occurred_at, days, r.review_id)).standing,
                                        grade_level(r.specialist_grade)));
  return new;
end $$;
comment on function judge_authorisation() is
  'A lowering takes effect by a supervisor who did not write it; grades that its author could not have set aside still stand.';
create or replace trigger c_judge before insert on review_authorisation for each row execute function judge_authorisation();

create or replace function settle_review() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform settle_grade(new.force_id, new.case_id, new.agreed_grade, new.occurred_at, null, null, null,
                       new.review_id, new.specialist_grade);
  return null;
end $$;
comment on function settle_review() is 'After the review''s own line: what the case''s grades come to now.';
create or replace trigger zzz_settle after insert on review for each row execute function settle_review();

create or replace function settle_authorisation() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform settle_grade(new.force_id, new.case_id, new.agreed_grade, new.occurred_at, null, null, null, null, null);
  return null;
end $$;
comment on function settle_authorisation() is 'After the authorisation''s own line: what the case''s grades come to now.';
create or replace trigger zzz_settle after insert on review_authorisation for each row execute function settle_authorisation();

grant execute on function seen_review(uuid), take_up_for_review(uuid, uuid), settle_review_items(uuid) to secondlook_app;
