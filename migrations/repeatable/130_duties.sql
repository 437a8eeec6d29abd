-- Advice, call listening and its feedback, training, shifts: what each needs, who may see and settle it, and what they add up to.

insert into setting_definition values
('published_count_minimum', '5', 'Counts below this are suppressed in anything published.'),
('statistics_days', '28', 'Days that a statistic covers where no period is given.'),
('training_needs_days', '90', 'Days of feedback that training needs look back on where none are given.')
on conflict (name) do update set default_value = excluded.default_value, description = excluded.description
where (setting_definition.default_value, setting_definition.description) is distinct from (excluded.default_value, excluded.description);

create or replace function staff_faults(reference text, pointer text) returns jsonb language plpgsql stable as $$
begin
  perform from staff s where s.force_id = current_force() and s.reference = staff_faults.reference;
  return case when reference is null or found then '[]'
              else jsonb_build_array(fault_at(pointer, 'unknown_reference', 'No such member of staff.')) end;
end $$;
comment on function staff_faults(text, text) is 'A fault at that pointer when a reference is nobody''s here.';

create or replace function order_of_time_faults(happened timestamptz, earlier timestamptz) returns jsonb language plpgsql stable as $$
begin
  return future_faults(happened, '/occurredAt')
         || case when happened < earlier then jsonb_build_array(fault_at('/occurredAt', 'out_of_range', 'It must not lie before what it follows.'))
                 else '[]' end;
end $$;
comment on function order_of_time_faults(timestamptz, timestamptz) is 'What is wrong with the moment of a move that follows another moment.';

-- Handlers see what is addressed to them; who listens and trains sees all. Everybody else is told by the contract.
create or replace function may_read_engagement(addressed_to text) returns boolean language sql stable as
  $$ select addressed_to = current_actor() or current_staff_roles() && '{specialist,supervisor}' $$;
comment on function may_read_engagement(text) is 'Whether who acts now may read what concerns that member of staff''s own work.';

do $$
declare
  addressed record;
begin
  for addressed in select * from (values ('call_listening', 'handler'), ('call_feedback', 'handler'), ('feedback_acknowledgement', 'handler'),
                                         ('training_attendance', 'staff')) as a (relation, member) loop
    execute format('drop policy if exists readers on %I', addressed.relation);
    execute format('create policy readers on %I as restrictive for select to secondlook_app using (may_read_engagement(%I))',
                   addressed.relation, addressed.member);
  end loop;
end $$;
drop policy if exists engagement_readers on ledger_line;
create policy engagement_readers on ledger_line as restrictive for select to secondlook_app using (
  case when relation in ('call_listening', 'call_feedback', 'feedback_acknowledgement', 'training_attendance')
       then may_read_engagement(coalesce(image ->> 'handler', image ->> 'staff'))
       when relation = 'decision_check'
       then may_read_engagement(image ->> 'handler') or coalesce(may_read_engagement(image ->> 'contact_handler'), false)
       when relation = 'alert' then image ->> 'audience' = any ((select alert_audiences())::text[])
       when relation = 'alert_decision' then alert_is_readable((image ->> 'alert_id')::uuid) else true end);

-- Advice.

-- A contact that concerns exactly one case belongs to that case.
create or replace function advice_of(body jsonb) returns table (case_id uuid, contact_id uuid, faults jsonb) language plpgsql stable as $$
#variable_conflict use_column
declare
  about_contact uuid := (body ->> 'contactId')::uuid;
  about_case    uuid := (body ->> 'caseId')::uuid;
  wrong    jsonb := staff_faults(body ->> 'askedBy', '/askedBy');
  received timestamptz;
begin
  if about_contact is null and about_case is null then
    wrong := wrong || fault_at('/contactId', 'required', 'Say which contact or which case it is about.');
  end if;
  if about_contact is not null then
    select c.occurred_at into received from contact c where c.force_id = current_force() and c.contact_id = about_contact;
    if not found then
      wrong := wrong || fault_at('/contactId', 'unknown_reference', 'No such contact.');
    end if;
  end if;
  if about_case is not null and not exists (select from case_file c where c.force_id = current_force() and c.case_id = about_case) then
    wrong := wrong || fault_at('/caseId', 'unknown_reference', 'No such case.');
  end if;
  perform refuse_faults(wrong);
  return query select coalesce(about_case, contact_only_case(about_contact)), about_contact,
                      moment_faults((body ->> 'occurredAt')::timestamptz, received);
end $$;
comment on function advice_of(jsonb) is 'What a question is about, and which rules it broke; SL422 with all that is wrong with it.';

select make_seen('seen_advice', 'advice', 'advice_id');

-- Each move has a member of its own, which it needs and no other takes.
create or replace function advice_move_faults(target text, told jsonb) returns jsonb language plpgsql stable as $$
declare
  faults jsonb := '[]';
  own    record;
begin
  for own in select * from (values ('given', 'answer'), ('acted_on', 'action')) as m (move, member) loop
    if own.move = target and not told ? own.member then
      faults := faults || fault_at('/' || own.member, 'required', 'This move needs it.');
    elsif own.move <> target and told ? own.member then
      faults := faults || fault_at('/' || own.member, 'not_allowed', 'It belongs to another move.');
    end if;
  end loop;
  return faults;
end $$;
comment on function advice_move_faults(text, jsonb) is 'What a move of advice lacks, or says that belongs to another.';

create or replace function check_advice_move(id uuid, target text, told jsonb) returns void language plpgsql as $$
declare
  standing advice;
begin
  select * into standing from advice a where a.force_id = current_force() and a.advice_id = id;
  if target = 'given' and standing.asked_by = current_actor() then
    perform refuse('SL403', 'own_work');
  elsif target in ('acted_on', 'not_acted_on', 'withdrawn') and current_actor() not in (standing.asked_by, standing.recorded_by)
        and not 'supervisor' = any (current_staff_roles()) then
    perform refuse('SL403', 'role_not_allowed', jsonb_build_object('allowedRoles', '{supervisor}'::text[]));
  end if;
  perform refuse_faults(advice_move_faults(target, told)
    || future_faults((told ->> 'occurredAt')::timestamptz, '/occurredAt'));
end $$;
comment on function check_advice_move(uuid, text, jsonb) is
  'Another answers than who asked, and who asked, or a supervisor, says what came of it: SL403; SL422 with all that a move lacks.';

-- What was said and done happened, in whatever order it is told: officers act on what they hear by radio.
create or replace function compute_advice_move() returns trigger language plpgsql as $$
begin
  if new.status = 'given' and new.given_at < new.occurred_at then
    new.faults := new.faults || fault('given_before_asked', 'The moment given lies before that of the question.');
  elsif new.settled_at < new.given_at then
    new.faults := new.faults || fault('settled_before_given', 'What came of it is said to have happened before the advice was given.');
  elsif new.settled_at < new.occurred_at then
    new.faults := new.faults || fault('settled_before_asked', 'The moment given lies before that of the question.');
  end if;
  new.compliant := new.faults = '[]';
  return new;
end $$;
comment on function compute_advice_move() is 'Whether the moments of a question, its answer and what came of it follow one another.';
drop trigger if exists c_compute on advice;
create trigger c_compute before update of status on advice for each row execute function compute_advice_move();

create or replace function record_advice_move() returns trigger language plpgsql as $$
begin
  insert into advice_transition (force_id, transition_id, advice_id, contact_id, case_id, number, from_status, to_status, reason, occurred_at)
  values (new.force_id, uuid_now(), new.advice_id, new.contact_id, new.case_id, new.version, old.status, new.status, new.reason, new.status_since);
  return null;
end $$;
comment on function record_advice_move() is 'Every move of advice is a fact of its own.';

create or replace function period_faults(since timestamptz, until timestamptz, most_days int) returns jsonb language plpgsql stable as $$
begin
  return case when until <= since then jsonb_build_array(fault_at('query:to', 'out_of_range', 'It must lie after from.'))
              when until > since + make_interval(days => most_days)
              then jsonb_build_array(fault_at('query:to', 'out_of_range', format('It must lie within %s days of from.', most_days)))
              else '[]' end;
end $$;
comment on function period_faults(timestamptz, timestamptz, int) is 'What is wrong with a period that is asked for.';

create or replace function published_count(counted bigint) returns int language plpgsql stable as $$
begin
  return case when counted >= setting_value('published_count_minimum')::int then counted end;
end $$;
comment on function published_count(bigint) is 'A count as it may be published: null below the least.';

-- Who asked within the period, whenever they were answered. A figure rests on no fewer answers than may be published.
create or replace function advice_times(asked_from timestamptz, asked_to timestamptz)
returns table (since timestamptz, until timestamptz, asked int, given int, acted_on int, not_acted_on int, withdrawn int,
               median_minutes numeric, percentile90_minutes numeric, suppressed boolean) language plpgsql stable as $$
#variable_conflict use_column
declare
  last  timestamptz := coalesce(asked_to, domain_now());
  first timestamptz := coalesce(asked_from, last - make_interval(days => setting_value('statistics_days')::int));
begin
  perform refuse_faults(period_faults(first, last, 366));
  return query
  with counted as (
    select count(*) as asked, count(a.given_at) as given, count(*) filter (where a.status = 'acted_on') as acted_on,
           count(*) filter (where a.status = 'not_acted_on') as not_acted_on, count(*) filter (where a.status = 'withdrawn') as withdrawn,
           percentile_cont(array[0.5, 0.9]) within group (order by greatest(extract(epoch from a.given_at - a.occurred_at), 0) / 60)
             filter (where a.given_at is not null) as minutes
    from   advice a where a.force_id = current_force() and a.occurred_at >= first and a.occurred_at < last),
  published as (
    select published_count(c.asked) as asked, published_count(c.given) as given, published_count(c.acted_on) as acted_on,
           published_count(c.not_acted_on) as not_acted_on, published_count(c.withdrawn) as withdrawn, c.minutes
    from   counted c)
  select first, last, p.asked, p.given, p.acted_on, p.not_acted_on, p.withdrawn,
         case when p.given is not null then round(p.minutes[1]::numeric, 1) end,
         case when p.given is not null then round(p.minutes[2]::numeric, 1) end,
         num_nulls(p.asked, p.given, p.acted_on, p.not_acted_on, p.withdrawn) > 0
  from   published p;
end $$;
comment on function advice_times(timestamptz, timestamptz) is
  'How long advice took, from asked to given, for what was asked in a period; counts too small to publish are null.';

-- Call listening and its feedback.

create or replace function listening_faults(id uuid, handler text, occurred timestamptz) returns jsonb language plpgsql stable as $$
declare
  wrong    jsonb := staff_faults(handler, '/handler');
  received timestamptz;
begin
  select c.occurred_at into received from contact c where c.force_id = current_force() and c.contact_id = id;
  if not found then
    wrong := wrong || fault_at('/contactId', 'unknown_reference', 'No such contact.');
  end if;
  perform refuse_faults(wrong);
  return moment_faults(occurred, received);
end $$;
comment on function listening_faults(uuid, text, timestamptz) is 'Which rules a listening broke; SL422 when its contact or handler is unknown.';

select make_seen('seen_listening', 'call_listening', 'listening_id');

create or replace function feedback_faults(strengths text, improvements text) returns void language plpgsql as $$
begin
  if strengths is null and improvements is null then
    perform refuse_faults(jsonb_build_array(fault_at('/strengths', 'required', 'Say what was done well, or what would be better, or both.')));
  end if;
end $$;
comment on function feedback_faults(text, text) is 'SL422 when feedback says nothing.';

create or replace function feedback_for_actor(id uuid) returns uuid language plpgsql stable as $$
declare
  addressed_to text;
begin
  select f.handler into addressed_to from call_feedback f where f.force_id = current_force() and f.feedback_id = id;
  if not found then
    perform refuse('SL404', 'not_found');
  elsif addressed_to <> current_actor() then
    perform refuse('SL409', 'not_possible', jsonb_build_object('detail', 'Only whom feedback is addressed to acknowledges it.'));
  end if;
  return id;
end $$;
comment on function feedback_for_actor(uuid) is 'The feedback, when it is addressed to who acts now; SL404 when it may not be seen, else SL409.';

drop view if exists call_feedback_shown;
create view call_feedback_shown with (security_invoker = true) as
select f.force_id, f.feedback_id, f.listening_id, f.contact_id, f.handler, to_jsonb(f.themes) as themes, f.strengths, f.improvements,
       f.occurred_at, f.compliant, f.faults, k.acknowledgement_id is not null as acknowledged,
       case when k.acknowledgement_id is not null then jsonb_build_object(
         'acknowledgementId', k.acknowledgement_id, 'reply', k.reply, 'recordedBy', k.recorded_by, 'recordedAt', instant(k.recorded_at)) end
         as acknowledgement,
       f.recorded_by, f.recorded_at, f.version,
       concat_ws(' ', 'call_feedback:' || f.feedback_id || ':' || f.version,
                 'feedback_acknowledgement:' || k.acknowledgement_id || ':' || k.version) as seen
from   call_feedback f left join feedback_acknowledgement k using (force_id, feedback_id);
comment on view call_feedback_shown is 'Feedback as it is answered.';

-- Training.

select make_seen('seen_session', 'training_session', 'session_id');

-- One that was held already is recorded planned and then moved, so that its moves are those of any other.
create or replace function check_new_session(trainer text, starts timestamptz, target text) returns void language plpgsql as $$
begin
  perform refuse_faults(staff_faults(trainer, '/trainer') || case when target = 'held' then future_faults(starts, '/startsAt') else '[]' end);
end $$;
comment on function check_new_session(text, timestamptz, text) is 'SL422 with all that is wrong with a new session.';

create or replace function record_session_move() returns trigger language plpgsql as $$
begin
  insert into training_session_transition (force_id, transition_id, session_id, number, from_status, to_status, reason, occurred_at)
  values (new.force_id, uuid_now(), new.session_id, new.version, old.status, new.status, new.reason, new.status_since);
  return null;
end $$;
comment on function record_session_move() is 'Every move of a training session is a fact of its own.';

create or replace function attendance_of(of_session uuid, body jsonb) returns table (occurred_at timestamptz, faults jsonb)
language plpgsql stable as $$
#variable_conflict use_column
declare
  wrong   jsonb := staff_faults(body ->> 'staff', '/staff');
  session training_session;
begin
  if body ? 'supersedes' and not exists (
      select from training_attendance a
      where  a.force_id = current_force() and a.attendance_id = (body ->> 'supersedes')::uuid
      and    a.session_id = of_session and a.staff = body ->> 'staff') then
    wrong := wrong || fault_at('/supersedes', 'unknown_reference', 'Nothing of that identifier is recorded of them at this session.');
  end if;
  perform refuse_faults(wrong);
  select * into session from training_session t where t.force_id = current_force() and t.session_id = of_session;
  return query select coalesce(session.held_at, session.starts_at),
                      case when session.status = 'held' then '[]'::jsonb
                           else jsonb_build_array(fault('session_not_held', 'The session is not recorded as held.')) end;
end $$;
comment on function attendance_of(uuid, jsonb) is 'When an attendance was, and which rules it broke; SL422 with all that is wrong with it.';

drop view if exists training_attendance_shown;
create view training_attendance_shown with (security_invoker = true) as
select a.force_id, a.attendance_id, a.session_id, t.title, to_jsonb(t.themes) as themes, t.status as session_status, a.staff, a.attended, a.note,
       a.supersedes,
       (select n.attendance_id from training_attendance n where n.force_id = a.force_id and n.supersedes = a.attendance_id) as superseded_by,
       a.occurred_at, a.compliant, a.faults, a.recorded_by, a.recorded_at, a.version,
       'training_attendance:' || a.attendance_id || ':' || a.version || ' training_session:' || t.session_id || ':' || t.version as seen
from   training_attendance a join training_session t using (force_id, session_id);
comment on view training_attendance_shown is 'Attendances as they are answered, with their session.';

-- A session answers feedback that was given before it was held. Attendances that another supersedes don't count.
create or replace function training_needs(days int)
returns table (since timestamptz, themes jsonb) language plpgsql stable as $$
#variable_conflict use_column
declare
  here  text := current_force();
  begun timestamptz := domain_now() - make_interval(days => coalesce(days, setting_value('training_needs_days')::int));
begin
  return query
  with told as (
    select theme::text as theme, f.handler, count(*) as feedbacks, max(f.occurred_at) as latest
    from   call_feedback f, unnest(f.themes) as theme
    where  f.force_id = here and f.occurred_at >= begun and f.occurred_at <= domain_now()
    group  by 1, 2),
  held as (
    select theme::text as theme, t.session_id, t.held_at
    from   training_session t, unnest(t.themes) as theme
    where  t.force_id = here and t.status = 'held' and t.held_at >= begun),
  trained as (
    select h.theme, a.staff, max(h.held_at) as latest
    from   held h join training_attendance a on a.force_id = here and a.session_id = h.session_id
    where  a.attended
    and    not exists (select from training_attendance n where n.force_id = here and n.supersedes = a.attendance_id)
    group  by 1, 2),
  people as (
    select w.code as theme, w.number, coalesce(sum(d.feedbacks), 0) as feedbacks, count(d.handler) as staff,
           coalesce(jsonb_agg(d.handler order by d.handler) filter (where d.latest > coalesce(r.latest, '-infinity')), '[]') as untrained
    from   reference_word w
    left   join told d on d.theme = w.code
    left   join trained r on r.theme = d.theme and r.staff = d.handler
    where  w.list = 'engagement_themes'
    group  by 1, 2)
  select begun, jsonb_agg(jsonb_build_object(
           'theme', p.theme, 'feedbacks', p.feedbacks, 'staff', p.staff,
           'sessionsHeld', (select count(*) from held h where h.theme = p.theme), 'untrained', p.untrained)
           order by jsonb_array_length(p.untrained) desc, p.feedbacks desc, p.number)
  from   people p;
end $$;
comment on function training_needs(int) is
  'Each theme with the feedback of the last days that named it, the sessions held since, and who had such feedback and attended none after it.';

-- Shifts.

select make_seen('seen_shift', 'shift', 'shift_id');

create or replace function shift_span(s shift) returns tstzrange language plpgsql stable as $$
begin
  return case when s.status = 'cancelled' then 'empty'
              when s.status = 'planned' then tstzrange(s.starts_at, s.ends_at)
              when s.status = 'started' then tstzrange(s.started_at, greatest(s.started_at, s.ends_at))
              else tstzrange(s.started_at, s.ended_at) end;
end $$;
comment on function shift_span(shift) is 'When a shift is: as planned, until it was otherwise.';

-- One person's shifts are planned one after another; the lock is theirs alone and ends with the transaction. A shift lasts a
-- day at most, and begins and ends within a day of what was planned: so few can overlap, and an index finds them.
create or replace function check_new_shift(of_staff text, starts timestamptz, ends timestamptz) returns void language plpgsql as $$
declare
  other  shift;
  faults jsonb := staff_faults(of_staff, '/staff');
begin
  if ends <= starts then
    faults := faults || fault_at('/endsAt', 'out_of_range', 'It must end after it begins.');
  elsif ends > starts + interval '24 hours' then
    faults := faults || fault_at('/endsAt', 'out_of_range', 'A shift lasts 24 hours at most.');
  end if;
  perform refuse_faults(faults);
  perform pg_advisory_xact_lock(hashtextextended('shift ' || current_force() || ' ' || of_staff, 0));
  select * into other from shift s
  where  s.force_id = current_force() and s.staff = of_staff
  and    s.starts_at > starts - interval '48 hours' and s.starts_at < ends + interval '24 hours'
  and    shift_span(s) && tstzrange(starts, ends)
  order  by s.starts_at, s.shift_id limit 1;
  if found then
    perform refuse('SL409', 'not_possible', jsonb_build_object(
      'detail', 'Another shift of the same person overlaps.', 'overlaps', other.shift_id,
      'startsAt', instant(other.starts_at), 'endsAt', instant(other.ends_at)));
  end if;
end $$;
comment on function check_new_shift(text, timestamptz, timestamptz) is 'SL422 with all that is wrong with a new shift; SL409 when the same person has another then.';

create or replace function check_shift_move(id uuid, target text, happened timestamptz) returns void language plpgsql as $$
declare
  standing shift;
  moment   timestamptz := coalesce(happened, domain_now());
  faults   jsonb;
begin
  select * into standing from shift s where s.force_id = current_force() and s.shift_id = id;
  faults := order_of_time_faults(happened, standing.started_at);
  if faults = '[]' and target in ('started', 'ended')
     and not moment between standing.starts_at - interval '24 hours' and standing.ends_at + interval '24 hours' then
    faults := faults || fault_at('/occurredAt', 'out_of_range', 'A shift begins and ends within a day of what was planned: say when.');
  end if;
  perform refuse_faults(faults);
end $$;
comment on function check_shift_move(uuid, text, timestamptz) is 'SL422 with all that is wrong with the moment of a shift''s move.';

create or replace function record_shift_move() returns trigger language plpgsql as $$
begin
  insert into shift_transition (force_id, transition_id, shift_id, number, from_status, to_status, reason, occurred_at)
  values (new.force_id, uuid_now(), new.shift_id, new.version, old.status, new.status, new.reason, new.status_since);
  return null;
end $$;
comment on function record_shift_move() is 'Every move of a shift is a fact of its own.';

-- What has passed counts as it was: a shift that nobody began covers nothing before now. What lies ahead counts as it is planned.
create or replace function shift_coverage(since timestamptz, until timestamptz)
returns table (shifts int, period_hours numeric, covered_hours numeric, share numeric, gaps jsonb) language plpgsql stable as $$
declare
  whole   tstzmultirange;
  covered tstzmultirange;
  counted int;
begin
  perform refuse_faults(period_faults(since, until, 92));
  whole := tstzmultirange(tstzrange(since, until));
  select coalesce(range_agg(w.span), '{}') * whole, count(*) into covered, counted
  from   shift s, lateral (
           select shift_span(s) * case when s.status = 'planned' then tstzrange(domain_now(), null) else tstzrange(null, null) end as span) w
  where  s.force_id = current_force() and s.role = 'specialist'
  and    s.starts_at > since - interval '48 hours' and s.starts_at < until + interval '24 hours'
  and    w.span && tstzrange(since, until);
  return query
  select counted, round(hours_of(whole), 2), round(hours_of(covered), 2), round(hours_of(covered) / hours_of(whole), 4),
         (select coalesce(jsonb_agg(jsonb_build_object('from', instant(lower(g)), 'to', instant(upper(g))) order by g), '[]')
          from   unnest(whole - covered) as g);
end $$;
comment on function shift_coverage(timestamptz, timestamptz) is
  'How much of a period has a specialist on shift, and when it has none.';

create or replace function hours_of(spans tstzmultirange) returns numeric language plpgsql stable as $$
begin
  return (select coalesce(sum(extract(epoch from upper(s) - lower(s))) / 3600, 0) from unnest(spans) as s);
end $$;
comment on function hours_of(tstzmultirange) is 'How long spans of time are together, in hours.';

-- Moves of all three.
do $$
declare
  moved record;
begin
  for moved in select * from (values ('advice', 'record_advice_move'), ('training_session', 'record_session_move'),
                                     ('shift', 'record_shift_move')) as m (relation, recorder) loop
    execute format('drop trigger if exists b_stays on %I', moved.relation);
    execute format('create trigger b_stays before update of status on %I for each row when (old.status = new.status) execute function refuse_to_stay(%L)',
                   moved.relation, moved.relation);
    execute format('drop trigger if exists c_transition on %I', moved.relation);
    execute format('create trigger c_transition after update of status on %I for each row execute function %I()', moved.relation, moved.recorder);
  end loop;
end $$;

grant select on call_feedback_shown, training_attendance_shown to secondlook_app;
grant execute on function staff_faults(text, text), compute_advice_move(), order_of_time_faults(timestamptz, timestamptz), may_read_engagement(text),
  advice_of(jsonb), seen_advice(uuid), advice_move_faults(text, jsonb), check_advice_move(uuid, text, jsonb),
  record_advice_move(), period_faults(timestamptz, timestamptz, int), published_count(bigint), advice_times(timestamptz, timestamptz),
  listening_faults(uuid, text, timestamptz), seen_listening(uuid), feedback_faults(text, text), feedback_for_actor(uuid), seen_session(uuid),
  check_new_session(text, timestamptz, text), record_session_move(), attendance_of(uuid, jsonb), training_needs(int), seen_shift(uuid),
  shift_span(shift), check_new_shift(text, timestamptz, timestamptz), check_shift_move(uuid, text, timestamptz), record_shift_move(),
  shift_coverage(timestamptz, timestamptz), hours_of(tstzmultirange) to secondlook_app;
