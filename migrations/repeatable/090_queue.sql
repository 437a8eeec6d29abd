-- The queue: what a specialist should look at, how urgent it is, and who has it.

-- The reasons and their tiers. No tier rests on the grade alone: answers that go with killings count by themselves.
insert into review_reason (code, tier, detail) values
('overdue',                1, 'Its time has passed, and it was its turn.'),
('graded_high',            1, 'The assessor graded the risk high.'),
('suggested_high',         1, 'The set''s rule suggests high.'),
('agreed_high',            1, 'The case''s agreed grade is high.'),
('below_suggestion',       1, 'The assessor''s grade is below the one that the set''s rule suggests.'),
('lethality',              1, 'Strangulation, threats to kill, or weapons.'),
('weapons',                1, 'Weapons or objects are used or threatened.'),
('cut_off',                1, 'The call was cut off.'),
('linked_high',            1, 'It concerns a case whose agreed grade is high.'),
('response_grade_lowered', 2, 'Its response grade was lowered.'),
('suspect_present',        2, 'The suspect is there.'),
('injuries',               2, 'Somebody is injured.'),
('order_in_force',         2, 'An order or a bail condition is in force.'),
('high_risk_factors',      2, 'Several factors of high risk.'),
('linked_repeat',          2, 'It concerns a case with three contacts or more within 12 months.'),
('separation_control',     2, 'Separation together with control or jealousy.'),
('high_risk_not_asked',    2, 'A factor of high risk was not asked about.'),
('suspect_nearby',         3, 'The suspect is near.'),
('fresh_risk',             3, 'The call handler noted something new about the risk.'),
('silent_call',            3, 'The caller was silent.'),
('graded_medium',          3, 'The risk is medium.'),
('repeat_assessment',      3, 'The case was assessed before, within 12 months.'),
('no_rationale',           4, 'The grade has no rationale.'),
('submitted',              5, 'An assessment was submitted.')
on conflict (code) do update set tier = excluded.tier, detail = excluded.detail
where (review_reason.tier, review_reason.detail) is distinct from (excluded.tier, excluded.detail);

insert into setting_definition
select 'review_tiers', jsonb_object_agg(code, tier), 'Tiers of the queue''s reasons; 1 is the most urgent, 6 the least.' from review_reason
on conflict (name) do update set default_value = excluded.default_value, description = excluded.description
where (setting_definition.default_value, setting_definition.description) is distinct from (excluded.default_value, excluded.description);

insert into setting_definition values
('review_due_minutes', '{"high": 60, "medium": 480, "standard": 1440}',
 'Minutes within which a specialist should have looked, by the highest grade known; tier 1 counts as high, tier 2 as medium.'),
('review_high_risk_factors', '2', 'So many yes to factors of high risk make an assessment more urgent, whatever the grade.'),
('repeat_contacts', '3', 'So many contacts about one case within the grade window make it a repeat.'),
('repeat_night_hours', '24', 'Hours within which a second contact about the same case is a repeat of the same night.'),
('lease_minutes', '30', 'How long a claim holds before others may claim the item.'),
('review_overdue_every', '10', 'Of so many items that are claimed, one is what has been overdue longest, whatever its tier.')
on conflict (name) do update set default_value = excluded.default_value, description = excluded.description
where (setting_definition.default_value, setting_definition.description) is distinct from (excluded.default_value, excluded.description);

-- The priority. Ten ranks to a tier: an item stands in the tier of its most urgent reason, and each further reason moves
-- it up by one, at most to the tier's first rank. So every item of tier 1 comes before any of tier 2; within a rank the
-- one that is due first comes first. What is overdue and has its turn (raise_overdue_item()) stands first of all.
drop function if exists review_rank(text[], jsonb), new_item_id();
create function review_rank(codes text[], of_force jsonb) returns table (rank int, reasons jsonb, tier int) language sql stable as $$
  select case when 'overdue' = any (codes) then 1 else 10 * min(t.tier) - least(9, count(*)::int - 1) end,
         jsonb_agg(jsonb_build_object('code', t.code, 'detail', t.detail) order by t.tier, t.code), min(t.tier)
  from  (select r.code, r.detail, greatest(1, least(6, coalesce((of_force ->> r.code)::int, r.tier))) as tier
         from   review_reason r where r.code = any (codes)) as t
$$;
comment on function review_rank(text[], jsonb) is
  'Rank of an item by its reasons and the force''s tiers (1 = most urgent): ten ranks to a tier, the tier of its most urgent reason, one rank up for each further reason; 1 once it was raised as overdue.';

create or replace function review_due(tier int, level int, minutes jsonb) returns timestamptz language sql stable as $$
  select domain_now() + make_interval(mins =>
    (minutes ->> grade_of(greatest(level, case tier when 1 then 3 when 2 then 2 else 1 end)))::int)
$$;
comment on function review_due(int, int, jsonb) is 'By when somebody should have looked at an item of that tier and grade.';

-- Past the policies, like what follows: the app may not make items, and a call handler's contact may concern a case
-- that they may not see.
create or replace function queue_assessment() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  codes  text[];
  limits jsonb := setting_values('{grade_window_days,review_tiers,review_due_minutes,review_high_risk_factors}');
  since  timestamptz := new.occurred_at - make_interval(days => (limits ->> 'grade_window_days')::int);
  assessed  int := grade_level(new.assessor_grade);
  suggested int := grade_level(new.suggested_grade);
begin
  codes := array_remove(array[
    case new.assessor_grade when 'high' then 'graded_high' when 'medium' then 'graded_medium' end,
    case when new.suggested_grade = 'high' then 'suggested_high' end,
    case when new.agreed_grade = 'high' and new.assessor_grade is distinct from 'high' then 'agreed_high' end,
    case when assessed < suggested then 'below_suggestion' end,
    case when new.yes_topics && '{strangulation,threats_to_kill,weapons}' then 'lethality' end,
    case when new.high_risk_count >= (limits ->> 'review_high_risk_factors')::int then 'high_risk_factors' end,
    case when new.yes_topics @> '{separation,control}' then 'separation_control' end,
    case when 'low_or_suicidal' = any (new.yes_topics) then 'suicide_risk' end,
    'submitted'], null);
  if not new.compliant then
    codes := codes || array(select f.item ->> 'code' from jsonb_array_elements(new.faults) as f (item));
  end if;
  perform from assessment a where a.force_id = new.force_id and a.case_id = new.case_id and a.occurred_at > since
          and a.occurred_at <= new.occurred_at and a.assessment_id <> new.assessment_id limit 1;
  if found then
    codes := codes || 'repeat_assessment'::text;
  end if;

  insert into review_item (force_id, item_id, assessment_id, case_id, rank, reasons, due_at, occurred_at)
  select new.force_id, uuid_now(), new.assessment_id, new.case_id, j.rank, j.reasons,
         review_due(j.tier, greatest(assessed, suggested, grade_level(new.agreed_grade)), limits -> 'review_due_minutes'), new.occurred_at
  from   review_rank(codes, limits -> 'review_tiers') j;
  return null;
end $$;
comment on function queue_assessment() is 'Every submitted assessment joins the queue.';
create or replace trigger zzzz_queue after insert on assessment for each row execute function queue_assessment();

-- What there is about a contact now that a specialist should see.
create or replace function contact_signs(c contact, limits jsonb) returns text[] language plpgsql stable as $$
declare
  year_before  timestamptz := c.occurred_at - make_interval(days => (limits ->> 'grade_window_days')::int);
  night_before timestamptz := c.occurred_at - make_interval(hours => (limits ->> 'repeat_night_hours')::int);
  enough       int := limits ->> 'repeat_contacts';
  ladder       text[] := '{no_deployment,scheduled,priority,emergency}';
  codes        text[];
begin
  codes := array[
    case when c.weapons = 'yes' then 'weapons' end,
    case when c.cut_off then 'cut_off' end,
    case when c.suspect_present = 'yes' then 'suspect_present' end,
    case when c.suspect_nearby = 'yes' then 'suspect_nearby' end,
    case when c.injuries = 'yes' then 'injuries' end,
    case when c.order_in_force = 'yes' then 'order_in_force' end,
    case when btrim(c.fresh_risk) <> '' then 'fresh_risk' end,
    case when c.caller = 'silent' then 'silent_call' end,
    case when exists (select from response_grade_change g where g.force_id = c.force_id and g.contact_id = c.contact_id
                      and array_position(ladder, g.to_grade::text) < array_position(ladder, g.from_grade::text))
         then 'response_grade_lowered' end];
  select codes || array_agg(s.code) into codes
  from   contact_case l
  left   join latest_grade g on g.force_id = l.force_id and g.case_id = l.case_id
  cross  join lateral (select count(*) as in_year, count(*) filter (where o.occurred_at > night_before) as in_night
                       from  (select e.occurred_at from contact_case e
                              where  e.force_id = l.force_id and e.case_id = l.case_id and e.active
                              and    e.occurred_at > year_before and e.occurred_at <= c.occurred_at
                              order  by e.occurred_at desc limit enough) as o) as h
  cross  join lateral (values (case when g.agreed_grade = 'high' then 'linked_high' end),
                              (case when h.in_year >= enough then 'linked_repeat' end),
                              (case when h.in_night >= 2 then 'repeat_night' end)) as s (code)
  where  l.force_id = c.force_id and l.contact_id = c.contact_id and l.active;
  return array_remove(codes, null);
end $$;
comment on function contact_signs(contact, jsonb) is 'Codes of the reasons why a specialist should look at a contact; none: it needs no look.';

-- A thousand keys are enough for calls to pass each other, and few enough for a replay to hold them all.
create or replace function queue_lock(for_force text, id uuid) returns bigint language sql stable as
  $$ select 7323000000 + (hashtextextended(for_force || ' ' || id, 0) & 1023) $$;
comment on function queue_lock(text, uuid) is 'The advisory lock under which a contact''s item of the queue is made or changed.';

create or replace function queue_contact(for_force text, id uuid) returns void language plpgsql as $$
declare
  c       contact;
  codes   text[];
  earlier text[];
  open    review_item;
  judged  record;
  gravest record;
  limits  jsonb := setting_values('{grade_window_days,repeat_night_hours,repeat_contacts,review_tiers,review_due_minutes}');
begin
  perform pg_advisory_xact_lock(queue_lock(for_force, id));
  select * into c from contact k where k.force_id = for_force and k.contact_id = id;
  codes := contact_signs(c, limits);
  if codes = '{}' then
    return;
  end if;
  select * into open from review_item i
  where  i.force_id = for_force and i.contact_id = id order by (i.status <> 'done') desc, i.recorded_at desc limit 1;
  select coalesce(array_agg(r.item ->> 'code'), '{}') into earlier from json_array_elements(open.reasons) as r (item);
  select l.case_id, grade_level(g.agreed_grade) as level into gravest
  from   contact_case l left join latest_grade g on g.force_id = l.force_id and g.case_id = l.case_id
  where  l.force_id = for_force and l.contact_id = id and l.active
  order  by grade_level(g.agreed_grade) desc nulls last, l.link_id limit 1;
  if codes <@ earlier and (open.status = 'done' or open.case_id is not distinct from gravest.case_id) then
    return;
  end if;

  if open.status in ('waiting', 'claimed') then
    select * into judged from review_rank(codes || earlier, limits -> 'review_tiers');
    update review_item i
    set    rank = judged.rank, reasons = judged.reasons, case_id = coalesce(gravest.case_id, i.case_id),
           due_at = least(i.due_at, review_due(judged.tier, gravest.level, limits -> 'review_due_minutes'))
    where  i.force_id = for_force and i.item_id = open.item_id;
  else
    select * into judged from review_rank(codes, limits -> 'review_tiers');
    insert into review_item (force_id, item_id, contact_id, case_id, rank, reasons, due_at, occurred_at)
    values (for_force, uuid_now(), id, gravest.case_id, judged.rank, judged.reasons,
            review_due(judged.tier, gravest.level, limits -> 'review_due_minutes'), c.occurred_at);
  end if;
end $$;
comment on function queue_contact(text, uuid) is
  'Queues a contact that shows a sign of danger, or adds new signs to its open item; one that was settled comes back only with a new sign.';

create or replace function queue_contact_of() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform queue_contact(new.force_id, new.contact_id);
  return null;
end $$;
comment on function queue_contact_of() is 'After anything that may show a sign of danger in a contact.';
create or replace trigger zzz_queue after insert on contact for each row execute function queue_contact_of();
create or replace trigger zzz_queue after insert or update of active on contact_case
  for each row when (new.active) execute function queue_contact_of();
create or replace trigger zzz_queue after insert on response_grade_change for each row execute function queue_contact_of();

-- Claims. The row lock makes two specialists take turns; the second then sees who has it.

create or replace function seen_review_item(id uuid) returns review_item language plpgsql volatile as $$
declare
  item review_item;
begin
  select * into item from review_item i where i.force_id = current_force() and i.item_id = id for update;
  if not found then
    perform refuse('SL404', 'not_found');
  end if;
  return item;
end $$;
comment on function seen_review_item(uuid) is 'The item, locked for what follows, when it may be seen, else SL404.';

create or replace function held_by_other(item review_item) returns boolean language sql stable as
  $$ select item.status = 'claimed' and item.claimed_by <> current_actor() and item.lease_until > domain_now() $$;
comment on function held_by_other(review_item) is 'Whether somebody else has a claim that still holds.';

create or replace function refuse_unless_free(item review_item, wanted text) returns void language plpgsql as $$
begin
  if item.status = 'done' then
    perform refuse('SL409', 'illegal_move', jsonb_build_object('from', 'done', 'to', wanted, 'legal', '[]'::jsonb));
  elsif held_by_other(item) then
    perform refuse('SL409', 'claimed_by_other', jsonb_build_object(
      'claimedBy', item.claimed_by, 'leaseUntil', instant(item.lease_until)));
  end if;
end $$;
comment on function refuse_unless_free(review_item, text) is 'SL409 when an item is done, or somebody else has it: who, and until when.';

create or replace function refuse_unless_held(item review_item, wanted text) returns void language plpgsql as $$
begin
  perform refuse_unless_free(item, wanted);
  if item.status <> 'claimed' or item.lease_until <= domain_now() then
    perform refuse('SL409', 'not_claimed');
  end if;
end $$;
comment on function refuse_unless_held(review_item, text) is 'SL409 unless the actor has claimed the item and the lease is not over.';

create or replace function hold_review_item(item review_item, from_whom text, why text) returns void language plpgsql as $$
begin
  update review_item i
  set    status = 'claimed', claimed_by = current_actor(), taken_from = from_whom, reason = why,
         claimed_at = case when item.status = 'claimed' and item.claimed_by = current_actor() then i.claimed_at else domain_now() end,
         lease_until = domain_now() + make_interval(mins => (setting_value('lease_minutes'))::int)
  where  i.force_id = current_force() and i.item_id = item.item_id;
  update case_file c set status = 'in_review', reason = coalesce(why, 'A specialist has taken it up.')
  where  c.force_id = current_force() and c.case_id = item.case_id and c.status = 'open';
end $$;
comment on function hold_review_item(review_item, text, text) is 'Gives an item to the actor for a lease; its case, if open, is then in review.';

create or replace function claim_review_item(id uuid) returns void language plpgsql as $$
declare
  item review_item := seen_review_item(id);
begin
  perform refuse_unless_free(item, 'claimed');
  perform hold_review_item(item, null, null);
end $$;
comment on function claim_review_item(uuid) is 'Claims an item, or one whose lease is over, or renews one''s own lease.';

create or replace function release_review_item(id uuid, why text) returns void language plpgsql as $$
begin
  perform refuse_unless_held(seen_review_item(id), 'waiting');
  update review_item i
  set    status = 'waiting', claimed_by = null, claimed_at = null, lease_until = null, taken_from = null, reason = why
  where  i.force_id = current_force() and i.item_id = id;
end $$;
comment on function release_review_item(uuid, text) is 'Gives one''s own item back to the queue.';

create or replace function take_over_review_item(id uuid, why text) returns void language plpgsql as $$
declare
  item review_item := seen_review_item(id);
begin
  if item.status = 'done' then
    perform refuse_unless_free(item, 'claimed');
  elsif not held_by_other(item) then
    perform refuse('SL409', 'not_possible', jsonb_build_object('detail', 'Nobody else has it: claim it.'));
  end if;
  perform hold_review_item(item, item.claimed_by, why);
end $$;
comment on function take_over_review_item(uuid, text) is 'Takes an item from who has it, with a reason that stays with it.';

create or replace function complete_review_item(id uuid, what_was_done text) returns void language plpgsql as $$
declare
  item review_item := seen_review_item(id);
begin
  perform refuse_unless_held(item, 'done');
  if item.assessment_id is not null then
    perform refuse('SL409', 'not_possible', jsonb_build_object('detail', 'An assessment is settled by its review.'));
  end if;
  update review_item i set status = 'done', outcome = what_was_done
  where  i.force_id = current_force() and i.item_id = id;
  perform close_case_review(item.case_id, what_was_done);
end $$;
comment on function complete_review_item(uuid, text) is 'Settles a contact that needs no review of an assessment, saying what was done.';

create or replace function close_case_review(of_case uuid, why text) returns void language plpgsql as $$
begin
  update case_file c set status = 'reviewed', reason = why
  where  c.force_id = current_force() and c.case_id = of_case and c.status = 'in_review'
  and    not exists (select from review_item i
                     where i.force_id = c.force_id and i.case_id = c.case_id and i.status <> 'done')
  and    not exists (select from review r where r.force_id = c.force_id and r.case_id = c.case_id and r.decision = 'lower'
                     and not exists (select from review_authorisation z
                                     where z.force_id = r.force_id and z.review_id = r.review_id));
end $$;
comment on function close_case_review(uuid, text) is
  'A case in review has been reviewed once nothing of it is in the queue and no lowering waits for a supervisor.';

-- By rank alone, what is of little urgency would wait as long as graver things keep coming. So of every ten claims
-- (review_overdue_every) one is what has been overdue longest: it is raised once so many were claimed since the last was.
-- With m overdue longer, an item is first after 10 (m + 1) claims at most; nothing critical pays more than one claim in ten.
create or replace function overdue_waits(for_force text, at timestamptz) returns boolean language plpgsql stable as $$
begin
  return exists (select from review_item i
                 where i.force_id = for_force and i.status <> 'done' and i.raised_at is null and i.due_at <= at
                 and   (i.status = 'waiting' or i.lease_until <= at));
end $$;
comment on function overdue_waits(text, timestamptz) is 'Whether something of a force''s queue is overdue at that moment, in nobody''s hands and not raised yet.';

create or replace function raise_overdue_item(for_force text, at timestamptz) returns boolean
language plpgsql security definer set search_path = public, pg_temp
set secondlook.actor = 'service:clock' set secondlook.request = '(raiseOverdueItem,,,,)' set secondlook.purpose = ''
set secondlook.roles = '{}' set secondlook.hidden = '' set secondlook.force = '' set secondlook.now = '' as $$
declare
  item   review_item;
  limits jsonb;
  every  int;
  since  timestamptz;
begin
  if not overdue_waits(for_force, at) then
    return false;
  end if;
  perform set_config('secondlook.force', for_force, true), set_config('secondlook.now', at::text, true);
  limits := setting_values('{review_tiers,review_overdue_every}');
  every := greatest(1, (limits ->> 'review_overdue_every')::int);
  select max(i.raised_at) into since from review_item i where i.force_id = for_force and i.raised_at is not null;
  if since is not null and every > (select count(*) from (select from review_item i where i.force_id = for_force
                                                          and i.claimed_at > since limit every) c) then
    return false;
  end if;
  select * into item from review_item i
  where  i.force_id = for_force and i.status <> 'done' and i.raised_at is null and i.due_at <= at
  and    (i.status = 'waiting' or i.lease_until <= at)
  order  by i.due_at, i.item_id limit 1 for update skip locked;
  update review_item i
  set    rank = r.rank, reasons = r.reasons, raised_at = at
  from   review_rank(array(select e.reason ->> 'code' from json_array_elements(item.reasons) e (reason)) || 'overdue'::text,
                     limits -> 'review_tiers') r
  where  i.force_id = for_force and i.item_id = item.item_id;
  return found;
end $$;
comment on function raise_overdue_item(text, timestamptz) is
  'Raises what has been overdue longest in a force at that moment of its clock, when it is its turn; whether it raised one.';

create or replace function raise_overdue_items() returns int
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  f      force;
  raised int := 0;
begin
  for f in select * from force where overdue_waits(force.force_id, force_now(force)) loop
    begin
      raised := raised + raise_overdue_item(f.force_id, force_now(f))::int;
    exception when others then
      raise warning 'the queue of % could not be looked through: %', f.force_id, sqlstate; -- the others' can
    end;
  end loop;
  return raised;
end $$;
comment on function raise_overdue_items() is 'The clock''s part in the queue: in every force the one whose turn it is; how many were raised.';
grant execute on function raise_overdue_item(text, timestamptz), raise_overdue_items() to secondlook_clock, secondlook_detector;

-- Not opened up in the view, where it would be made ready four times a page for the few items that are claimed.
create or replace function is_over(lease_until timestamptz) returns boolean language plpgsql stable as $$
begin
  return lease_until <= domain_now();
end $$;
comment on function is_over(timestamptz) is 'Whether a lease has ended.';
grant execute on function is_over(timestamptz) to secondlook_app;

-- A claim whose lease is over reads as waiting: nobody has to come by to free it.
create or replace view review_item_shown with (security_invoker = true) as
select i.force_id, i.item_id, i.assessment_id, i.contact_id, i.case_id, i.rank,
       case when (select coalesce(current_setting('secondlook.blocked', true), '') = '') then i.reasons
            else reasons_shown(i.reasons, i.case_id, i.contact_id) end as reasons, i.due_at, i.occurred_at,
       i.recorded_at, i.status as stored_status,
       case when i.status = 'claimed' and is_over(i.lease_until) then 'waiting' else i.status end as status,
       case when i.status = 'claimed' and is_over(i.lease_until) then null else i.claimed_by end as claimed_by,
       case when i.status = 'claimed' and is_over(i.lease_until) then null else i.claimed_at end as claimed_at,
       case when i.status = 'claimed' and not is_over(i.lease_until) then i.lease_until end as lease_until,
       i.taken_from, i.reason, i.review_id, i.outcome, i.version
from   review_item i;
comment on view review_item_shown is 'Items of the queue as they stand now.';
grant select on review_item_shown to secondlook_app;

grant select on review_reason to secondlook_app;
grant execute on function seen_review_item(uuid),
  held_by_other(review_item), refuse_unless_free(review_item, text), refuse_unless_held(review_item, text),
  hold_review_item(review_item, text, text), claim_review_item(uuid), release_review_item(uuid, text),
  take_over_review_item(uuid, text), complete_review_item(uuid, text), close_case_review(uuid, text) to secondlook_app;
