-- conference_repeat: new abuse within 365 days of the last conference referral, and no new referral within 24 hours of it.
-- Source: SafeLives, referral to a MARAC, the repeat criterion (the hours are the project's own): any abuse by the same pair, crime or not.
-- Settings: days, hours.
create or replace function detect_conference_repeat(subject case_facts, at timestamptz, limits jsonb) returns finding[]
language plpgsql stable strict as $$
declare
  last    record;
  until   timestamptz;
  due     timestamptz;
  latest  uuid;
  records jsonb;
begin
  select r.* into last from referrals_made(subject.cases, '["marac"]', at) r order by r.sent_at desc, r.referral_id desc limit 1;
  if not found then
    return null;
  end if;
  until := last.sent_at + make_interval(days => (limits ->> 'days')::int);
  select min(n.occurred_at) + make_interval(hours => (limits ->> 'hours')::int),
         (array_agg(n.contact_id order by n.occurred_at desc, n.contact_id desc))[1],
         jsonb_agg(record_shown('contact', n.contact_id, n.occurred_at) order by n.occurred_at)
  into   due, latest, records
  from  (select distinct l.contact_id, l.occurred_at from contact_case l
         where  l.force_id = current_force() and l.case_id = any (subject.cases) and l.active
         and    l.occurred_at > last.sent_at and l.occurred_at <= until and l.recorded_at <= at
         order  by l.occurred_at, l.contact_id limit 19) n;
  if due > at then
    return array[(subject.case_id, latest, null, null, due)::finding];
  elsif due is not null then
    return array[(subject.case_id, latest,
                  format('New abuse within %s days of the last conference referral, and no new one within %s hours.', limits ->> 'days', limits ->> 'hours'),
                  evidence_of(record_shown('referral', last.referral_id, last.sent_at) || records), null)::finding];
  end if;
  return null;
end $$;
comment on function detect_conference_repeat(case_facts, timestamptz, jsonb) is 'Looks at a case.';
select define_detector('conference_repeat', 1, 'warning', 'specialist', 'case', 2, '{"days": 365, "hours": 24}',
  'New abuse within 365 days of the last referral to a conference, and no new referral within 24 hours.',
  'Refer the case to the conference again, as a repeat.',
  'subject.has_referrals');
