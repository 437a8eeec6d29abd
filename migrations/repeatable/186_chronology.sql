-- The chronology of a case: its lines of change and those of its contacts, in the order in which things happened, in words. Looks have no
-- place in it (Data Protection Act 2018 s.62(4)).

insert into setting_definition values
('chronology_gap_days', '28', 'A chronology shows a silence of so many days or more between two entries.'),
('chronology_late_minutes', '60', 'A chronology marks an entry that was recorded so many minutes or more after what it tells of.')
on conflict (name) do update set default_value = excluded.default_value, description = excluded.description
where (setting_definition.default_value, setting_definition.description) is distinct from (excluded.default_value, excluded.description);

-- What is told of, and the operation that reads it: who may not call that is not told of it here.
create or replace function told_kinds() returns table (kind text, operation text) language sql immutable rows 45 as $$
  select unnest(string_to_array(t.kinds, ' ')), t.operation
  from  (values ('case latest_grade', 'getCase'), ('case_person', 'getCasePerson'), ('contact_case', 'getCaseLink'),
    ('case_restriction', 'getCaseRestriction'), ('case_break_glass', 'listBreakGlassUses'), ('contact', 'getContact'),
    ('response_grade_change', 'getResponseGradeChange'), ('attendance', 'getAttendance'), ('closure', 'getClosure'),
    ('history_check', 'getHistoryCheck'), ('video_response video_response_transition', 'getVideoResponse'),
    ('school_notification', 'getSchoolNotification'), ('advice advice_transition', 'getAdvice'), ('assessment', 'getAssessment'),
    ('review_item', 'getReviewItem'), ('review', 'getReview'), ('review_authorisation', 'getAuthorisation'),
    ('primary_aggressor_assessment', 'getPrimaryAggressorAssessment'), ('annotation annotation_acknowledgement', 'getAnnotation'),
    ('referral referral_transition referral_chase', 'getReferral'), ('protection_order protection_order_transition', 'getProtectionOrder'),
    ('protection_order_breach', 'getProtectionOrderBreach'), ('protection_order_breach_action', 'getProtectionOrderBreachAction'),
    ('protection_order_serving', 'getProtectionOrderServing'), ('protection_order_hearing', 'getProtectionOrderHearing'),
    ('protection_order_notification', 'getProtectionOrderNotification'), ('disclosure disclosure_transition', 'getDisclosure'),
    ('alert', 'getAlert'), ('alert_decision', 'getAlertDecision'), ('decision_check', 'getDecisionCheck'),
    ('missed_opportunity missed_opportunity_transition', 'getMissedOpportunity'), ('legal_hold', 'getLegalHold'),
    ('legal_hold_lifting', 'getLegalHoldLifting')) as t (kinds, operation)
$$;
comment on function told_kinds() is 'The kinds of record that a chronology tells of, each with the operation that reads one.';

create or replace function told_kinds_for(operations jsonb) returns text[] language plpgsql stable as $$
begin
  return array(select k.kind from told_kinds() k join jsonb_array_elements(operations) o on o ->> 'id' = k.operation
               where  o -> 'roles' ?| current_staff_roles());
end $$;
comment on function told_kinds_for(jsonb) is 'The kinds that the roles in effect may read, by the operations of the contract with their roles.';

create or replace function check_told_kinds(asked text) returns void language plpgsql stable as $$
begin
  if exists (select from unnest(string_to_array(asked, ',')) a where a not in (select k.kind from told_kinds() k)) then
    perform refuse_faults(jsonb_build_array(fault_at('query:kind', 'not_in_enumeration',
      (select 'Kinds are ' || string_agg(k.kind, ', ' order by k.kind) || '.' from told_kinds() k))));
  end if;
end $$;
comment on function check_told_kinds(text) is 'SL422 when a kind is asked for that no chronology tells of.';

create or replace function in_words(word text) returns text language sql immutable parallel safe
  return replace(word, '_', ' ');
comment on function in_words(text) is 'A word of an enumeration as a person reads it.';

create or replace function moved(image jsonb) returns text language sql immutable parallel safe
  return in_words(image ->> 'from_status') || ' → ' || in_words(image ->> 'to_status');
comment on function moved(jsonb) is 'A transition in words.';

-- No free text and no name: what an entry's record says further is read there, by those who may.
create or replace function told_of_contact(kind text, image jsonb) returns text language sql stable as $$
  select case kind
    when 'contact' then concat_ws('; ', 'Contact (' || in_words(image ->> 'channel') || ') from ' || in_words(image ->> 'caller') ||
           coalesce(', graded ' || in_words(image ->> 'response_grade'), ''),
           case when (image ->> 'cut_off')::boolean then 'cut off' end,
           case when image ->> 'suspect_present' = 'yes' then 'suspect present' when image ->> 'suspect_nearby' = 'yes' then 'suspect nearby' end,
           case when image ->> 'children_present' = 'yes' then 'children present' end,
           case when image ->> 'weapons' = 'yes' then 'weapons' end, case when image ->> 'injuries' = 'yes' then 'injuries' end,
           case when image ->> 'order_in_force' = 'yes' then 'an order or bail in force' end)
    when 'response_grade_change' then 'Response grade ' || in_words(image ->> 'from_grade') || ' → ' || in_words(image ->> 'to_grade') ||
           case when image ->> 'reason' is null then ', no reason given' else '' end ||
           coalesce(', authorised by ' || (image ->> 'authorised_by'), '')
    when 'attendance' then 'Officers attended; victim ' || case when (image ->> 'victim_seen')::boolean then 'seen' else 'not seen' end
    when 'closure' then 'Contact closed: ' || in_words(image ->> 'outcome') || '; victim ' ||
           case when (image ->> 'victim_seen')::boolean then 'seen' when (image ->> 'victim_spoken_to')::boolean then 'spoken to' else 'neither seen nor spoken to' end
    when 'history_check' then 'History checked by ' || (image ->> 'checked_by')
    when 'video_response' then 'Answer by video: ' || in_words(image ->> 'status')
    when 'video_response_transition' then 'Answer by video: ' || moved(image)
    when 'contact_case' then case when (image ->> 'active')::boolean then 'Contact linked to the case' else 'Contact no longer linked to the case' end
  end
$$;
comment on function told_of_contact(text, jsonb) is 'What a line of a contact or of a fact about it tells, in one sentence.';

create or replace function told_of_risk(kind text, image jsonb, before jsonb) returns text language sql stable as $$
  select case kind
    when 'assessment' then 'Assessment ' || (image ->> 'set_name') || ': ' || (image ->> 'tick_count') || ' yes, suggested ' || coalesce(image ->> 'suggested_grade', 'nothing') ||
           ', assessed ' || coalesce(image ->> 'assessor_grade', 'not at all') || coalesce(' by ' || (image ->> 'assessed_by'), '')
    when 'latest_grade' then case when before is null then 'Agreed grade ' else 'Agreed grade ' || (before ->> 'agreed_grade') || ' → ' end || (image ->> 'agreed_grade')
    when 'review' then 'Review: ' || (image ->> 'decision') || ', ' || (image ->> 'specialist_grade') || '; agreed grade ' || (image ->> 'agreed_grade')
    when 'review_authorisation' then 'Lowering authorised: agreed grade ' || (image ->> 'agreed_before') || ' → ' || (image ->> 'agreed_grade')
    when 'review_item' then case when before is null then 'Put in the queue' else 'In the queue: ' || in_words(image ->> 'status') end
    when 'primary_aggressor_assessment' then 'Primary aggressor assessed'
    when 'alert' then case when before is null then 'Alert ' || in_words(image ->> 'detector') || ' (' || (image ->> 'severity') || ')'
                           else 'Alert ' || in_words(image ->> 'detector') || ': ' || in_words(image ->> 'status') end
    when 'alert_decision' then 'Alert ' || in_words(image ->> 'detector') || ' decided: ' || in_words(image ->> 'decision')
    when 'decision_check' then 'A handler''s decision checked: ' || case when (image ->> 'agrees')::boolean then 'agreed with' else 'not agreed with' end
    when 'missed_opportunity' then 'Missed opportunity: ' || in_words(image ->> 'kind')
    when 'missed_opportunity_transition' then 'Missed opportunity: ' || moved(image)
  end
$$;
comment on function told_of_risk(text, jsonb, jsonb) is 'What a line about the risk of a case, and its review, tells, in one sentence; `before` is the record''s image before it.';

create or replace function told_of_action(kind text, image jsonb, before jsonb) returns text language sql stable as $$
  select case kind
    when 'case' then case when before is null then 'Case opened' when image ->> 'status' <> before ->> 'status'
           then 'Case ' || in_words(before ->> 'status') || ' → ' || in_words(image ->> 'status') else 'Case changed' end
    when 'case_person' then case when (image ->> 'active')::boolean then 'Named in the case: ' else 'No longer named in the case: ' end || in_words(image ->> 'role')
    when 'case_restriction' then case when (image ->> 'restricted')::boolean then 'Case restricted' else 'Case no longer restricted' end
    when 'case_break_glass' then 'Restricted case opened in an emergency'
    when 'annotation' then 'Note: ' || in_words(image ->> 'kind')
    when 'annotation_acknowledgement' then 'Note acknowledged'
    when 'advice' then 'Advice asked for'
    when 'advice_transition' then 'Advice: ' || moved(image)
    when 'referral' then 'Referral drawn up'
    when 'referral_transition' then 'Referral: ' || moved(image)
    when 'referral_chase' then 'Referral chased, number ' || (image ->> 'number')
    when 'protection_order' then upper(image ->> 'kind') || ' considered'
    when 'protection_order_transition' then 'Order: ' || moved(image)
    when 'protection_order_breach' then 'Order breached'
    when 'protection_order_breach_action' then 'Action on a breach: ' || in_words(image ->> 'action')
    when 'protection_order_serving' then 'Order served'
    when 'protection_order_hearing' then 'Order heard: ' || in_words(image ->> 'outcome')
    when 'protection_order_notification' then 'Notification by the order''s subject: ' || in_words(image ->> 'result')
    when 'disclosure' then 'Disclosure asked for: ' || in_words(image ->> 'route')
    when 'disclosure_transition' then 'Disclosure: ' || moved(image)
    when 'school_notification' then 'School told'
    when 'legal_hold' then 'Legal hold set'
    when 'legal_hold_lifting' then 'Legal hold lifted'
  end
$$;
comment on function told_of_action(text, jsonb, jsonb) is 'What a line about a case and what was done for it tells, in one sentence.';

-- Records whose moves are lines of their own are told by those; of the others a change is told when what a reader follows has changed.
create or replace function is_told(kind text, image jsonb, before jsonb) returns boolean language sql immutable as $$
  select before is null or image -> 'status' is distinct from before -> 'status' and kind in ('case', 'alert', 'review_item')
         or kind = 'case' and (image -> 'perpetrator_id', image -> 'summary', image -> 'restricted') is distinct from (before -> 'perpetrator_id', before -> 'summary', before -> 'restricted')
         or kind in ('contact_case', 'case_person') and image -> 'active' is distinct from before -> 'active'
         or kind = 'latest_grade' and image -> 'agreed_grade' is distinct from before -> 'agreed_grade' or kind = 'case_restriction'
$$;
comment on function is_told(text, jsonb, jsonb) is 'Whether a line has a place in the chronology; `before` is the record''s image before it, null for its first.';

create or replace function said_of_contact(of_contact uuid) returns table (relation text, record_id uuid) language sql stable rows 5 as $$
  select 'annotation', n.annotation_id from annotation n where n.force_id = current_force() and n.contact_id = of_contact and n.case_id is null
  union all select 'annotation_acknowledgement', k.acknowledgement_id from annotation n
            join annotation_acknowledgement k on k.force_id = n.force_id and k.annotation_id = n.annotation_id
            where n.force_id = current_force() and n.contact_id = of_contact and n.case_id is null
  union all select 'decision_check', k.check_id from decision_check k where k.force_id = current_force() and k.contact_id = of_contact and k.case_id is null
  union all select 'missed_opportunity', o.opportunity_id from missed_opportunity o
            where o.force_id = current_force() and o.contact_id = of_contact and o.case_id is null
  union all select 'missed_opportunity_transition', t.transition_id from missed_opportunity o
            join missed_opportunity_transition t on t.force_id = o.force_id and t.opportunity_id = o.opportunity_id
            where o.force_id = current_force() and o.contact_id = of_contact and o.case_id is null
  union all select 'school_notification', s.notification_id from school_notification s
            where s.force_id = current_force() and s.contact_id = of_contact and s.case_id is null
  union all select 'review_item', i.item_id from review_item i where i.force_id = current_force() and i.contact_id = of_contact and i.case_id is null
$$;
comment on function said_of_contact(uuid) is 'What was noted, judged and told about a contact, where it belongs to no case by itself.';

create or replace function facts_of_contact(of_contact uuid) returns table (relation text, record_id uuid) language sql stable rows 20 as $$
  select 'contact', of_contact
  union all select 'response_grade_change', g.change_id from response_grade_change g where g.force_id = current_force() and g.contact_id = of_contact
  union all select 'attendance', a.attendance_id from attendance a where a.force_id = current_force() and a.contact_id = of_contact
  union all select 'closure', k.closure_id from closure k where k.force_id = current_force() and k.contact_id = of_contact
  union all select 'history_check', h.check_id from history_check h where h.force_id = current_force() and h.contact_id = of_contact
  union all select 'video_response', v.response_id from video_response v where v.force_id = current_force() and v.contact_id = of_contact
  union all select 'video_response_transition', t.transition_id from video_response v
            join video_response_transition t on t.force_id = v.force_id and t.response_id = v.response_id
            where v.force_id = current_force() and v.contact_id = of_contact
  union all select 'alert', a.alert_id from alert a where a.force_id = current_force() and a.contact_id = of_contact and a.case_id is null
  union all select 'advice', a.advice_id from advice a where a.force_id = current_force() and a.contact_id = of_contact and a.case_id is null
  union all select 'advice_transition', t.transition_id from advice a join advice_transition t on t.force_id = a.force_id and t.advice_id = a.advice_id
            where a.force_id = current_force() and a.contact_id = of_contact and a.case_id is null
  union all select 'alert_decision', d.decision_id from alert a join alert_decision d on d.force_id = a.force_id and d.alert_id = a.alert_id
            where a.force_id = current_force() and a.contact_id = of_contact and a.case_id is null
  union all select f.relation, f.record_id from said_of_contact(of_contact) f
$$;
comment on function facts_of_contact(uuid) is 'A contact and what is recorded about it that belongs to no case by itself.';

create or replace function case_lines(of_case uuid) returns setof ledger_line language sql stable rows 200 as $$
  select l.* from ledger_line l
  where  l.force_id = current_force() and l.case_id = of_case and l.image is not null and l.line_id >= first_line(of_case)
  union  all
  select l.* from contact_case c cross join lateral facts_of_contact(c.contact_id) f
  join   ledger_line l on l.force_id = c.force_id and l.record_id = f.record_id and l.relation = f.relation
                          and l.image is not null and l.line_id >= first_line(f.record_id)
  where  c.force_id = current_force() and c.case_id = of_case and c.active
$$;
comment on function case_lines(uuid) is 'Every line of change of a case, its parts, and the contacts linked to it.';

create or replace function case_chronology(of_case uuid)
returns table (kind text, change text, record_id uuid, version int, happened_at timestamptz, known_at timestamptz, recorded_by text, told text, state text,
               line_id uuid, compliant boolean, erased jsonb)
language plpgsql stable rows 200 as $$
begin
  return query
    with line as materialized (
      select l.*, case when l.kind = 'erasure' and not l.image ? 'changed_at' then l.recorded_at else line_known_at(l.image, l.recorded_at) end as known,
             lag(l.image) over (partition by l.relation, l.record_id order by l.version) as before
      from   case_lines(of_case) l),
    entry as materialized (
      select l.*, case when l.before is null and l.relation <> 'contact_case' then coalesce(l.occurred_at, l.known) else l.known end as happened
      from   line l
      where  l.known <= known_by() and (l.kind = 'erasure' or is_told(l.relation, l.image, l.before))),
    shown as (
      select r.relation, r.record_id from (select distinct e.relation, e.record_id from entry e) r
      where  (select hidden_cases() = '{}') or record_is_seen(r.relation, r.record_id))
    select e.relation, e.kind, e.record_id, e.version, e.happened, e.known, e.actor,
           case when e.kind = 'erasure' and e.before is not null then 'Erased from a record: ' || in_words(e.relation)
                else coalesce(told_of_contact(e.relation, e.image), told_of_risk(e.relation, e.image, e.before),
                              told_of_action(e.relation, e.image, e.before), initcap(in_words(e.relation))) end,
           coalesce(e.image ->> 'to_status', e.image ->> 'status', e.image ->> 'agreed_grade', e.image ->> 'response_grade'),
           e.line_id, (e.image ->> 'compliant')::boolean,
           (select jsonb_agg(jsonb_build_object('member', member_name(m.key)) || (m.value - 'hash') order by m.key) from jsonb_each(e.erased) m)
    from   entry e join shown s on s.relation = e.relation and s.record_id = e.record_id
    where  e.happened <= happened_by();
end $$;
comment on function case_chronology(uuid) is
  'What is told of a case: each entry once, when it happened and when that became known; without order. Only of records that may be seen.';

grant execute on function in_words(text), moved(jsonb), told_of_contact(text, jsonb), told_of_risk(text, jsonb, jsonb), told_of_action(text, jsonb, jsonb),
  is_told(text, jsonb, jsonb), told_kinds(), told_kinds_for(jsonb), check_told_kinds(text), said_of_contact(uuid), facts_of_contact(uuid), case_lines(uuid), case_chronology(uuid) to secondlook_app;
