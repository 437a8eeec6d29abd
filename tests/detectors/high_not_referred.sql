-- high_not_referred: 14 yes, or an agreed grade of high, and no referral within 48 hours.

--- fires: graded high two days ago
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-2 20:00', 'weapons', 'high');
select fires('k', '20:00', of_case => 'k', shows => 'a1', again => 'never');

--- fires: fourteen yes, graded standard
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-2 20:00', 'injury_now frightened feared_harm isolated low_or_suicidal separation child_contact stalking pregnancy_or_baby dependants_at_home children_hurt children_threatened more_often getting_worse', 'standard');
select fires('k', '20:00', shows => 'a1');

--- fires: a specialist raised it
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-3 20:00', 'weapons', 'medium');
select judge('v1', 'a1', 'raise', 'high', '-2 09:00', '{"case_id": "k"}');
select fires('k', '09:00', shows => 'v1');

--- fires: the referral came back, was withdrawn, is a draft, or went to housing
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-4 20:00', 'weapons', 'high');
select refer('r1', 'k', 'marac', '-4 21:00'), move('referral', 'r1', 'acknowledged', '-3 08:00'), move('referral', 'r1', 'returned', '-3 09:00');
select refer('r2', 'k', 'idva', '-4 21:00'), move('referral', 'r2', 'withdrawn', '-3 09:00');
select refer('r3', 'k', 'idva', '-4 21:00', 'draft'), refer('r4', 'k', 'housing', '-4 21:00');
select fires('k', '20:00', shows => 'a1');

--- fires: graded high anew after the last referral was over
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-90 20:00', 'weapons', 'high');
select refer('r1', 'k', 'marac', '-89 12:00'), move('referral', 'r1', 'declined', '-80 12:00');
select assess('a2', 'k', '-2 20:00', 'weapons', 'high');
select fires('k', '20:00', shows => 'a2');

--- silent: referred, before the grade or since, and whatever came of it since
select pair('k', 'ann', 'bob');
select refer('r1', 'k', 'marac', '-9 12:00');
select assess('a1', 'k', '-4 20:00', 'weapons', 'high');
select silent('k', '20:00', again => 'never');
select move('referral', 'r1', 'acknowledged', '21:00'), move('referral', 'r1', 'accepted', '21:00');
select move('referral', 'r1', 'outcome_recorded', '22:00', columns => '{"outcome": "conference_held"}');
select silent('k', '22:00', again => 'never');

--- silent: thirteen yes, medium
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-2 20:00', 'injury_now frightened feared_harm isolated low_or_suicidal separation child_contact stalking pregnancy_or_baby dependants_at_home children_hurt children_threatened more_often', 'medium');
select silent('k', '20:00', again => 'never');

--- silent: the high grade was set aside by a lowering that was authorised
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-4 20:00', 'weapons', 'high');
select act_as('WM-SP-1', 'specialist');
select judge('v1', 'a1', 'lower', 'medium', '-3 20:00', '{"case_id": "k"}');
select authorise('z1', 'v1', '-3 21:00');
select silent('k', '20:00', again => 'never');

--- boundary: 48 hours
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-2 20:00', 'weapons', 'high');
select silent('k', '-2 20:00', again => '20:00');
select silent('k', '19:59:59', again => '20:00');
select fires('k', '20:00');

--- boundary: the referral is recorded late
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-3 20:00', 'weapons', 'high');
select refer('r1', 'k', 'marac', '-3 21:00', recorded => '12:00');
select fires('k', '11:59:59');
select silent('k', '12:00');

--- boundary: fourteen by the setting
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-2 20:00', 'injury_now frightened feared_harm', 'standard');
select fires('k', '20:00', settings => '{"ticks": 3}');
select silent('k', '20:00', settings => '{"ticks": 4}');

--- boundary: of two findings the first counts, and another case's do not
select pair('k', 'ann', 'bob');
select pair('l', 'eve', 'dan');
select assess('b1', 'l', '-9 20:00', 'weapons', 'high'), judge('w1', 'b1', 'agree', 'high', '-9 21:00', '{"case_id": "l"}');
select assess('a1', 'k', '-2 20:00', 'weapons', 'high'), assess('a2', 'k', '10:00', 'weapons', 'high');
select silent('k', '19:59:59');
select fires('k', '20:00', shows => 'a1 a2');

--- boundary: of two referrals the one that still runs counts
select pair('k', 'ann', 'bob');
select refer('r1', 'k', 'idva', '-9 12:00'), refer('r2', 'k', 'marac', '-9 12:00'), move('referral', 'r1', 'declined', '-8 12:00');
select assess('a1', 'k', '-5 20:00', 'weapons', 'high');
select move('referral', 'r2', 'declined', '-3 20:00');
select assess('a2', 'k', '-3 20:00:01', 'weapons', 'high');
select silent('k', '-3 19:59:59');
select fires('k', '20:00', shows => 'a2');

--- boundary: the review is recorded late; and medium does not count
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-9 20:00', 'weapons', 'medium'), judge('v1', 'a1', 'agree', 'medium', '-8 20:00', '{"case_id": "k"}');
select judge('v2', 'a1', 'raise', 'high', '-3 20:00', '{"case_id": "k"}', recorded => '12:00');
select silent('k', '11:59:59');
select fires('k', '12:00', shows => 'v2');

--- boundary: that it was sent, and that it was declined, is recorded late
select pair('k', 'ann', 'bob');
select refer('r1', 'k', 'marac', '-9 12:00', 'draft');
select assess('a1', 'k', '-5 20:00', 'weapons', 'high'), assess('a2', 'k', '-2 11:00', 'weapons', 'high');
select move('referral', 'r1', 'sent', '-5 21:00', recorded => '10:00'), move('referral', 'r1', 'declined', '-3 20:00', recorded => '12:00');
select fires('k', '09:59:59', shows => 'a1 a2');
select silent('k', '10:00'), silent('k', '11:59:59');
select fires('k', '12:00', shows => 'a2');

--- boundary: what is judged in another case of the same pair is told of that case
select pair('k', 'ann', 'bob');
select pair('l', 'ann', 'bob');
select assess('a1', 'k', '-2 20:00', '', 'standard'), assess('b1', 'l', '-2 20:00', 'injury_now frightened feared_harm isolated low_or_suicidal separation child_contact stalking pregnancy_or_baby dependants_at_home children_hurt children_threatened more_often getting_worse', 'high');
select silent('k', '20:00', again => 'never');
select fires('l', '20:00', shows => 'b1');
