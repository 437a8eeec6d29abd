-- unreached_victim_calls: a victim whom a specialist or a service could not reach is in contact now.

--- fires: an advocate could not reach her, and she calls
select pair('k', 'ann', 'bob');
select refer('r1', 'k', 'idva', '-20 12:00', 'accepted');
select move('referral', 'r1', 'outcome_recorded', '-10 12:00', columns => '{"outcome": "could_not_reach"}');
select contact('c1', '20:00', 'k');
select fires('c1', '20:00', of_case => 'k', contact => 'c1', shows => 'c1 r1', again => 'never');

--- fires: her call is not linked yet, but she is named
select pair('k', 'ann', 'bob');
select refer('r1', 'k', 'idva', '-20 12:00', 'accepted');
select move('referral', 'r1', 'outcome_recorded', '-10 12:00', columns => '{"outcome": "could_not_reach"}');
select contact('c1', '20:00');
select involve('c1', 'ann', 'victim', '20:00');
select fires('c1', '20:00', of_case => 'k', shows => 'c1 r1');

--- silent: a neighbour calls
select pair('k', 'ann', 'bob');
select refer('r1', 'k', 'idva', '-20 12:00', 'accepted');
select move('referral', 'r1', 'outcome_recorded', '-10 12:00', columns => '{"outcome": "could_not_reach"}');
select contact('c1', '20:00', 'k', '{"caller": "third_party"}');
select silent('c1', '20:00', again => 'never');

--- silent: reached since
select pair('k', 'ann', 'bob');
select refer('r1', 'k', 'idva', '-20 12:00', 'accepted');
select move('referral', 'r1', 'outcome_recorded', '-10 12:00', columns => '{"outcome": "could_not_reach"}');
select refer('r2', 'k', 'idva', '-9 12:00', 'accepted');
select move('referral', 'r2', 'outcome_recorded', '-5 12:00', columns => '{"outcome": "engaged"}');
select contact('c1', '20:00', 'k');
select silent('c1', '20:00');

--- silent: another victim of the same man
select pair('k', 'ann', 'bob');
select pair('l', 'cath', 'bob');
select refer('r1', 'k', 'idva', '-20 12:00', 'accepted');
select move('referral', 'r1', 'outcome_recorded', '-10 12:00', columns => '{"outcome": "could_not_reach"}');
select contact('c1', '20:00', 'l');
select silent('c1', '20:00');

--- fires: reached once, and not again
select pair('k', 'ann', 'bob');
select refer('r1', 'k', 'idva', '-40 12:00', 'accepted');
select move('referral', 'r1', 'outcome_recorded', '-30 12:00', columns => '{"outcome": "engaged"}');
select refer('r2', 'k', 'idva', '-20 12:00', 'accepted');
select move('referral', 'r2', 'outcome_recorded', '-10 12:00', columns => '{"outcome": "could_not_reach"}');
select contact('c1', '20:00', 'k');
select fires('c1', '20:00', shows => 'c1 r2');

--- boundary: 90 days
select pair('k', 'ann', 'bob');
select refer('r1', 'k', 'idva', '-95 12:00', 'accepted');
select move('referral', 'r1', 'outcome_recorded', '-90 20:00:01', columns => '{"outcome": "could_not_reach"}');
select contact('c1', '20:00', 'k');
select contact('c2', '20:00:01', 'k');
select fires('c1', '20:01');
select silent('c2', '20:01');

--- boundary: the outcome is recorded after she called
select pair('k', 'ann', 'bob');
select refer('r1', 'k', 'idva', '-20 12:00', 'accepted');
select contact('c1', '20:00', 'k');
select move('referral', 'r1', 'outcome_recorded', '-10 12:00', recorded => '22:00', columns => '{"outcome": "could_not_reach"}');
select silent('c1', '21:59:59');
select fires('c1', '22:00');

--- boundary: it is recorded late who calls
select pair('k', 'ann', 'bob');
select refer('r1', 'k', 'idva', '-20 12:00', 'accepted');
select move('referral', 'r1', 'outcome_recorded', '-10 12:00', columns => '{"outcome": "could_not_reach"}');
select contact('c1', '20:00');
select involve('c1', 'ann', 'victim', '22:00');
select silent('c1', '21:59:59');
select fires('c1', '22:00');
