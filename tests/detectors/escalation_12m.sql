-- escalation_12m: three contacts or more about the pair or the victim in 365 days, and no conference referral in them.

--- fires: the third contact of a year about one pair
select pair('k', 'ann', 'bob');
select contact('c1', '-300 20:00', 'k');
select contact('c2', '-90 20:00', 'k');
select contact('c3', '20:00', 'k');
select fires('k', '20:00', of_case => 'k', contact => 'c3', shows => 'c1 c2 c3', again => 'never');

--- fires: the pair was opened as a case twice
select pair('k', 'ann', 'bob');
select pair('l', 'ann', 'bob');
select contact('c1', '-300 20:00', 'l');
select contact('c2', '-90 20:00', 'l k');
select contact('c3', '20:00', 'k');
select fires('k', '20:00', shows => 'c1 c2 c3');

--- fires: contacts that name the victim, linked to no case or to another suspect's
select pair('k', 'ann', 'bob');
select pair('l', 'ann', 'carl');
select contact('c1', '-40 20:00'), involve('c1', 'ann', 'victim', '-40 20:00');
select contact('c2', '-30 20:00', 'l'), involve('c2', 'ann', 'victim', '-30 20:00');
select contact('c3', '20:00', 'k'), involve('c3', 'ann', 'victim', '20:00');
select fires('k', '20:00', shows => 'c1 c2 c3');

--- fires: the only conference referral is older than the year, or a draft, or was withdrawn
select pair('k', 'ann', 'bob');
select refer('r1', 'k', 'marac', '-400 12:00');
select contact('c1', '-3 20:00', 'k'), contact('c2', '-2 20:00', 'k'), contact('c3', '-1 20:00', 'k');
select refer('r2', 'k', 'marac', '08:00', 'draft');
select refer('r3', 'k', 'marac', '09:00'), move('referral', 'r3', 'withdrawn', '10:00');
select fires('k', '12:00', shows => 'c1 c2 c3');

--- silent: a referral to an advocate is none to a conference, but a conference had the case
select pair('k', 'ann', 'bob');
select contact('c1', '-9 20:00', 'k'), contact('c2', '-8 20:00', 'k'), contact('c3', '-7 20:00', 'k');
select refer('r1', 'k', 'marac', '-6 12:00');
select silent('k', '12:00', again => '+359 12:00');

--- silent: she is named as a witness, and a link was taken back
select pair('k', 'ann', 'bob');
select contact('c1', '-9 20:00'), involve('c1', 'ann', 'witness', '-9 20:00');
select contact('c2', '-8 20:00', 'k'), change('contact_case', 'c2-k', '-7 20:00', '{"active": false}');
select contact('c3', '-7 20:00', 'k'), contact('c4', '20:00', 'k');
select silent('k', '20:00', again => 'never');

--- boundary: 365 days apart, and a second more
select pair('k', 'ann', 'bob');
select contact('c1', '-365 20:00', 'k');
select contact('c2', '-1 20:00', 'k');
select contact('c3', '20:00', 'k');
select fires('k', '20:00');
select silent('k', '20:00:01');

--- boundary: the conference referral passes out of the year
select pair('k', 'ann', 'bob');
select refer('r1', 'k', 'marac', '-365 20:00');
select contact('c1', '-3 20:00', 'k'), contact('c2', '-2 20:00', 'k'), contact('c3', '-1 20:00', 'k');
select silent('k', '19:59:59', again => '20:00');
select fires('k', '20:00');

--- boundary: the third is recorded late, and its link later still
select pair('k', 'ann', 'bob');
select contact('c1', '-3 20:00', 'k'), contact('c2', '-2 20:00', 'k');
select contact('c3', '-1 20:00', recorded => '10:00'), link('c3', 'k', '11:00');
select silent('k', '10:59:59');
select fires('k', '11:00', contact => 'c3');

--- boundary: as many contacts as the setting says, also when they are many
select pair('k', 'ann', 'bob');
select contact('c' || n, '-' || n || ' 20:00', 'k') from generate_series(25, 1, -1) n;
select silent('k', '20:00', settings => '{"contacts": 26}');
select fires('k', '20:00', settings => '{"contacts": 25}');

--- boundary: by her name alone, 365 days apart, and the naming recorded late
select pair('k', 'ann', 'bob');
select contact('c1', '-365 20:00'), involve('c1', 'ann', 'victim', '-365 20:00');
select contact('c2', '-1 20:00'), involve('c2', 'ann', 'victim', '12:00');
select contact('c3', '10:00', 'k');
select silent('k', '11:59:59');
select fires('k', '12:00', shows => 'c1 c2 c3');
select fires('k', '20:00');
select silent('k', '20:00:01');

--- boundary: of two conference referrals the later counts, and twenty contacts are shown
select pair('k', 'ann', 'bob');
select contact('c' || n, '-' || n || ' 20:00', 'k') from generate_series(21, 1, -1) n;
select refer('r2', 'k', 'marac', '-30 12:00', recorded => '12:00'), refer('r1', 'k', 'marac', '-400 12:00', recorded => '12:00');
select fires('k', '11:59:59', shows => (select string_agg('c' || n, ' ') from generate_series(1, 20) n));
select silent('k', '12:00');

--- silent: other people's contacts
select pair('k', 'ann', 'bob');
select pair('l', 'eve', 'bob');
select contact('c1', '-3 20:00', 'l'), contact('c2', '-2 20:00', 'l'), involve('c2', 'ann', 'caller', '-2 20:00');
select contact('c3', '-1 20:00', 'l'), involve('c3', 'eve', 'victim', '-1 20:00'), contact('c4', '20:00', 'k');
select silent('k', '20:00');
