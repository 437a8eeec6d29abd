-- conference_repeat: new abuse within 365 days of the last conference referral, and no new referral within 24 hours.

--- fires: a contact after the conference heard the case
select pair('k', 'ann', 'bob');
select refer('r1', 'k', 'marac', '-90 12:00', 'outcome_recorded', '{"outcome": "conference_held"}');
select contact('c1', '-2 20:00', 'k'), contact('c2', '-1 22:00', 'k');
select fires('k', '-1 22:00', of_case => 'k', contact => 'c2', shows => 'c1 c2 r1', again => 'never');

--- fires: the referral was another case's of the same pair
select pair('k', 'ann', 'bob');
select pair('l', 'ann', 'bob');
select refer('r1', 'l', 'marac', '-90 12:00');
select contact('c1', '-2 20:00', 'k');
select fires('k', '20:00', shows => 'c1 r1');

--- fires: a new referral is only a draft, or came back
select pair('k', 'ann', 'bob');
select refer('r1', 'k', 'marac', '-90 12:00');
select contact('c1', '-2 20:00', 'k');
select refer('r2', 'k', 'marac', '-2 21:00', 'draft');
select refer('r3', 'k', 'marac', '-2 22:00'), move('referral', 'r3', 'acknowledged', '-1 08:00'), move('referral', 'r3', 'returned', '-1 09:00');
select fires('k', '20:00', shows => 'c1 r1');

--- silent: referred again
select pair('k', 'ann', 'bob');
select refer('r1', 'k', 'marac', '-90 12:00');
select contact('c1', '-2 20:00', 'k');
select refer('r2', 'k', 'marac', '-1 10:00');
select silent('k', '20:00', again => 'never');

--- silent: it was never referred, or to an advocate only
select pair('k', 'ann', 'bob');
select refer('r1', 'k', 'idva', '-90 12:00');
select contact('c1', '-2 20:00', 'k');
select silent('k', '20:00', again => 'never');

--- boundary: 24 hours
select pair('k', 'ann', 'bob');
select refer('r1', 'k', 'marac', '-90 12:00');
select contact('c1', '-1 20:00', 'k');
select silent('k', '-1 20:00', again => '20:00');
select silent('k', '19:59:59', again => '20:00');
select fires('k', '20:00', again => 'never');

--- boundary: the contact is recorded when the 24 hours are over
select pair('k', 'ann', 'bob');
select refer('r1', 'k', 'marac', '-90 12:00');
select contact('c1', '-3 20:00', 'k', recorded => '09:00');
select silent('k', '08:59:59', again => 'never');
select fires('k', '09:00');

--- boundary: 365 days after the referral, and a second more
select pair('k', 'ann', 'bob');
select pair('l', 'eve', 'dan');
select refer('r1', 'k', 'marac', '-370 20:00'), refer('r2', 'l', 'marac', '-370 20:00');
select contact('c1', '-5 20:00', 'k'), contact('c2', '-5 20:00:01', 'l');
select fires('k', '20:00', shows => 'c1 r1');
select silent('l', '20:00', again => 'never');

--- boundary: abuse at the moment of the referral is what it was made for
select pair('k', 'ann', 'bob');
select pair('l', 'eve', 'dan');
select refer('r1', 'k', 'marac', '-5 20:00'), refer('r2', 'l', 'marac', '-5 20:00');
select contact('c1', '-5 20:00', 'k'), contact('c2', '-5 20:00:01', 'l');
select silent('k', '20:00');
select fires('l', '20:00');
