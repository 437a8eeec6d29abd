-- order_breached: a contact while an order or bail is in force, graded below priority; or a breach without action within 24 hours.

--- fires: scheduled, while an order is in force
select pair('k', 'ann', 'bob');
select protect('o1', 'k', 'non_molestation', 'active', '-50 12:00');
select contact('c1', '20:00', 'k', '{"response_grade": "scheduled"}');
select fires('k', '20:00', of_case => 'k', contact => 'c1', shows => 'c1 o1', again => 'never');

--- fires: lowered, while a condition of bail is in force in another case of the same pair
select pair('k', 'ann', 'bob');
select pair('l', 'ann', 'bob');
select protect('o1', 'l', 'bail', 'active', '-5 12:00');
select contact('c1', '20:00', 'k');
select regrade('g1', 'c1', 'scheduled', '20:20');
select fires('k', '20:20', contact => 'c1', shows => 'c1 o1');

--- fires: the caller says that an order is in force, and none is recorded
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', 'k', '{"response_grade": "no_deployment", "order_in_force": "yes"}');
select fires('k', '20:00', shows => 'c1');

--- fires: a breach, and nothing done
select pair('k', 'ann', 'bob');
select protect('o1', 'k', 'dvpo', 'active', '-5 12:00');
select contact('c1', '-1 20:00', 'k', '{"response_grade": "emergency"}');
select breach('b1', 'o1', '-1 20:00', '{"contact_id": "c1"}');
select fires('k', '20:00', of_case => 'k', contact => 'c1', shows => 'b1', again => 'never');

--- fires: both at once
select pair('k', 'ann', 'bob');
select protect('o1', 'k', 'restraining', 'active', '-50 12:00');
select breach('b1', 'o1', '-2 20:00');
select contact('c1', '20:00', 'k', '{"response_grade": "scheduled"}');
select fires('k', '20:00', contact => 'c1', shows => 'b1 c1 o1');

--- silent: graded priority
select pair('k', 'ann', 'bob');
select protect('o1', 'k', 'non_molestation', 'active', '-50 12:00');
select contact('c1', '20:00', 'k', '{"order_in_force": "yes"}');
select silent('k', '20:00', again => 'never');

--- silent: an order that is only considered, one discharged, one that has expired
select pair('k', 'ann', 'bob');
select protect('o1', 'k', 'dapo', 'considered', '-50 12:00');
select protect('o2', 'k', 'restraining', 'active', '-50 12:00');
select move('protection_order', 'o2', 'discharged', '-2 12:00');
select protect('o3', 'k', 'dvpo', 'active', '-50 12:00', '{"granted_at": "-50 12:00", "expires_at": "-22 12:00"}');
select contact('c1', '20:00', 'k', '{"response_grade": "scheduled"}');
select silent('k', '20:00');

--- silent: arrested in time
select pair('k', 'ann', 'bob');
select protect('o1', 'k', 'dvpo', 'active', '-5 12:00');
select breach('b1', 'o1', '-2 20:00', '{"action": "arrested", "action_at": "-2 22:00"}');
select breach('b2', 'o1', '-2 20:00');
select take_action('d2', 'b2', 'arrested', '-2 23:00');
select silent('k', '20:00', again => 'never');

--- boundary: 24 hours for action
select pair('k', 'ann', 'bob');
select protect('o1', 'k', 'dvpo', 'active', '-5 12:00');
select breach('b1', 'o1', '-1 20:00');
select silent('k', '19:59:59', again => '20:00');
select fires('k', '20:00');

--- boundary: action at the last moment, and a second later
select pair('k', 'ann', 'bob');
select pair('l', 'cath', 'dan');
select protect('o1', 'k', 'dvpo', 'active', '-5 12:00');
select protect('o2', 'l', 'dvpo', 'active', '-5 12:00');
select breach('b1', 'o1', '-1 20:00');
select take_action('d1', 'b1', 'charged', '20:00');
select breach('b2', 'o2', '-1 20:00');
select take_action('d2', 'b2', 'charged', '20:00:01');
select silent('k', '20:01');
select fires('l', '20:01');

--- boundary: action in time, recorded late
select pair('k', 'ann', 'bob');
select protect('o1', 'k', 'dvpo', 'active', '-5 12:00');
select breach('b1', 'o1', '-1 20:00');
select take_action('d1', 'b1', 'arrested', '-1 21:00', recorded => '22:00');
select fires('k', '21:59:59');
select silent('k', '22:00');

--- boundary: the order ends a second before the contact, or is in force in that very second
select pair('k', 'ann', 'bob');
select pair('l', 'cath', 'dan');
select protect('o1', 'k', 'dvpo', 'active', '-5 12:00', '{"granted_at": "-5 12:00", "expires_at": "20:00"}');
select protect('o2', 'l', 'dvpo', 'active', '-5 12:00', '{"granted_at": "-5 12:00", "expires_at": "20:00:01"}');
select contact('c1', '20:00', 'k', '{"response_grade": "scheduled"}');
select contact('c2', '20:00', 'l', '{"response_grade": "scheduled"}');
select silent('k', '20:05');
select fires('l', '20:05');

--- boundary: an order that is recorded only afterwards
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', 'k', '{"response_grade": "scheduled"}');
select protect('o1', 'k', 'non_molestation', 'active', '-50 12:00', recorded => '22:00');
select silent('k', '21:59:59');
select fires('k', '22:00', shows => 'c1 o1');

--- boundary: acted on at once, by the breach's own record, in 24 hours and a second later
select pair('k', 'ann', 'bob');
select pair('l', 'cath', 'dan');
select protect('o1', 'k', 'dvpo', 'active', '-9 12:00');
select protect('o2', 'l', 'dvpo', 'active', '-9 12:00');
select breach('b1', 'o1', '-2 20:00', '{"action": "charged", "action_at": "-1 20:00"}');
select breach('b2', 'o2', '-2 20:00', '{"action": "charged", "action_at": "-1 20:00:01"}');
select silent('k', '20:00');
select fires('l', '20:00');

--- boundary: the contact was 24 hours ago, and a second more
select pair('k', 'ann', 'bob');
select contact('c1', '-1 20:00', 'k', '{"response_grade": "scheduled", "order_in_force": "yes"}');
select fires('k', '20:00', shows => 'c1');
select silent('k', '20:00:01');

--- boundary: a contact of another case of the same pair is told of that case
select pair('k', 'ann', 'bob');
select pair('l', 'ann', 'bob');
select protect('o1', 'k', 'non_molestation', 'active', '-50 12:00');
select contact('c1', '20:00', 'l', '{"response_grade": "scheduled"}');
select silent('k', '20:00');
select fires('l', '20:00', shows => 'c1 o1');
