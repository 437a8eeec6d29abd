-- referral_stale: sent, and unacknowledged when its deadline passes; then again whenever it is to be chased.

--- fires: the deadline has passed
select pair('k', 'ann', 'bob');
select refer('r1', 'k', 'idva', '-4 12:00', columns => '{"grade": "high"}');
select fires('k', '-1 13:00', of_case => 'k', shows => 'r1', again => '12:00');

--- fires: sent again after it came back
select pair('k', 'ann', 'bob');
select refer('r1', 'k', 'idva', '-9 12:00', columns => '{"grade": "high"}');
select move('referral', 'r1', 'acknowledged', '-8 08:00'), move('referral', 'r1', 'returned', '-8 09:00');
select move('referral', 'r1', 'sent', '-2 12:00', columns => '{"sent_at": "-2 12:00"}');
select silent('k', '-3 12:00');
select silent('k', '-1 11:59:59', again => '-1 12:00');
select fires('k', '-1 12:00', shows => 'r1', again => '12:00');

--- silent: acknowledged, declined, or a draft
select pair('k', 'ann', 'bob');
select refer('r1', 'k', 'idva', '-9 12:00', 'acknowledged'), refer('r2', 'k', 'housing', '-9 12:00', 'draft');
select refer('r3', 'k', 'marac', '-9 12:00'), move('referral', 'r3', 'declined', '-8 12:00');
select silent('k', '12:00', again => 'never');

--- boundary: the deadline by kind and grade
select pair('k', 'ann', 'bob');
select refer('r1', 'k', 'idva', '-1 12:00', columns => '{"grade": "high"}'), refer('r2', 'k', 'police_unit', '-1 12:00', columns => '{"grade": "high"}');
select silent('k', '-1 15:59:59', again => '-1 16:00');
select fires('k', '-1 16:00', shows => 'r2', again => '12:00');
select fires('k', '11:59:59', shows => 'r2', again => '12:00');
select fires('k', '12:00', shows => 'r1 r2', again => '16:00');

--- boundary: acknowledged in time, recorded late
select pair('k', 'ann', 'bob');
select refer('r1', 'k', 'idva', '-3 12:00', columns => '{"grade": "high"}');
select move('referral', 'r1', 'acknowledged', '-3 13:00', '12:00');
select fires('k', '11:59:59');
select silent('k', '12:00', again => 'never');

--- boundary: the last chase is the fifth
select pair('k', 'ann', 'bob');
select silent('k', '-9 11:00');
select refer('r1', 'k', 'idva', '-9 12:00', columns => '{"grade": "high"}');
select fires('k', '-5 11:59:59', again => '-5 12:00');
select fires('k', '-5 12:00', again => '-4 12:00');
select fires('k', '-4 12:00', again => 'never');

--- silent: another case's
select pair('k', 'ann', 'bob');
select pair('l', 'eve', 'dan');
select refer('r1', 'l', 'idva', '-9 12:00');
select silent('k', '12:00', again => 'never');

--- boundary: it is chased once in each span of 24 hours after its deadline, of which there are five, until it is acknowledged
select pair('k', 'ann', 'bob');
select refer('r1', 'k', 'idva', '-9 12:00', columns => '{"grade": "high", "acknowledge_by": "-8 12:00"}');
select refer('r2', 'k', 'idva', '-9 12:00', columns => '{"grade": "high", "acknowledge_by": "-8 12:00"}');
select silent('k', '-8 11:59:59');
select fires('k', '-8 12:00', shows => 'r1 r2');
select set_now(moment(m)), chase_referral(id('r1'))
from   unnest('{-8 11:59:59,-8 12:00,-7 11:59:59,-7 12:00,-5 18:00,-5 19:00,-4 12:00,-3 12:00,12:00}'::text[]) m;
select set_now(moment('-8 12:00')), chase_referral(id('r2'));
select move('referral', 'r2', 'acknowledged', '-8 13:00');
select set_now(moment('-7 12:00')), chase_referral(id('r2'));
do $$
begin
  if (select array_agg(c.occurred_at order by c.number) from referral_chase c where c.referral_id = id('r1')) is distinct from
       array[moment('-8 12:00'), moment('-7 12:00'), moment('-5 18:00'), moment('-4 12:00')]
     or (select count(*) from referral_chase c where c.referral_id = id('r2')) <> 1 then
    raise exception 'chased at %', (select array_agg(c.occurred_at order by c.number) from referral_chase c where c.referral_id = id('r1'));
  end if;
end $$;

--- boundary: switched off it raises nothing, and the referral is chased all the same
select pair('k', 'ann', 'bob');
select refer('r1', 'k', 'idva', '-9 12:00', columns => '{"grade": "high", "acknowledge_by": "-8 12:00"}');
select silent('k', '-8 11:59:59');
select fires('k', '-8 12:00');
select set_now(moment('-8 12:00')), take_all_findings(array[('case', id('k'), domain_now())::subject_at], '{"detector_referral_stale": {"enabled": false}}');
do $$
begin
  if (select count(*) from referral_chase c where c.referral_id = id('r1')) <> 1
     or exists (select from alert a where a.case_id = id('k') and a.detector = 'referral_stale')
     or not exists (select from due_check d where d.subject_id = id('k') and d.detector_id = 'referral_stale' and d.due_at = moment('-7 12:00')) then
    raise exception 'switched off, it is not chased, or raised, or not looked at again';
  end if;
end $$;
