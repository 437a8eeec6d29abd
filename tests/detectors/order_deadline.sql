-- order_deadline: a notice that magistrates did not hear of within 48 hours, Sundays and holidays left out; an order whose subject did not notify name and address.

--- fires: given, and never heard of
select pair('k', 'ann', 'bob');
select protect('o1', 'k', 'dapn', 'served', '-3 12:00');
select fires('k', '20:00', of_case => 'k', shows => 'o1', again => 'never');

--- fires: an order, and nothing notified
select pair('k', 'ann', 'bob');
select protect('o1', 'k', 'dapo', 'active', '-9 12:00', '{"granted_at": "-9 12:00"}');
select fires('k', '20:00', of_case => 'k', shows => 'o1', again => 'never');

--- fires: the name alone
select pair('k', 'ann', 'bob');
select protect('o1', 'k', 'dapo', 'active', '-9 12:00');
select put('protection_order_notification', 'n1', '-8 12:00', columns => '{"order_id": "o1", "case_id": "k", "result": "name_only"}');
select fires('k', '20:00', shows => 'o1');

--- fires: both at once
select pair('k', 'ann', 'bob');
select protect('o1', 'k', 'dvpn', 'served', '-4 12:00');
select protect('o2', 'k', 'dapo', 'granted', '-9 12:00');
select fires('k', '20:00', shows => 'o1 o2');

--- silent: only authorised, not given; an order of another kind; one that was only applied for
select pair('k', 'ann', 'bob');
select protect('o1', 'k', 'dapn', 'authorised', '-9 12:00');
select protect('o2', 'k', 'restraining', 'active', '-9 12:00');
select protect('o3', 'k', 'dapo', 'applied', '-9 12:00');
select silent('k', '20:00', again => 'never');

--- silent: heard in time, though adjourned; determined in time; notified in time; not required to
select pair('k', 'ann', 'bob');
select protect('o1', 'k', 'dapn', 'served', '-4 12:00');
select put('protection_order_hearing', 'h1', '-3 10:00', columns => '{"order_id": "o1", "case_id": "k", "outcome": "adjourned", "adjourned_to": "-1 10:00"}');
select protect('o2', 'k', 'dapn', 'listed', '-4 12:00');
select move('protection_order', 'o2', 'determined', '-3 11:00');
select protect('o3', 'k', 'dapo', 'active', '-9 12:00');
select put('protection_order_notification', 'n1', '-8 12:00', columns => '{"order_id": "o3", "case_id": "k", "result": "complete"}');
select protect('o4', 'k', 'dapo', 'active', '-9 12:00');
select put('protection_order_notification', 'n2', '-8 12:00', columns => '{"order_id": "o4", "case_id": "k", "result": "not_required"}');
select silent('k', '20:00', again => 'never');

--- silent: ended before there was anything to notify
select pair('k', 'ann', 'bob');
select protect('o1', 'k', 'dapo', 'active', '-9 12:00');
select move('protection_order', 'o1', 'discharged', '-8 12:00', columns => '{"reason": "Set aside."}');
select silent('k', '20:00', again => 'never');

--- silent: of too long ago
select pair('k', 'ann', 'bob');
select protect('o1', 'k', 'dapn', 'served', '-90 12:00');
select silent('k', '20:00', again => 'never');

-- The day of the scenes is a Tuesday; by the clocks of London it is an hour later than by the scenes'.
--- boundary: the 48 hours leave out a Sunday
select pair('k', 'ann', 'bob');
select protect('o1', 'k', 'dapn', 'served', '-3 12:00');
select silent('k', '-1 11:59:59', again => '12:00');
select silent('k', '11:59:59', again => '12:00');
select fires('k', '12:00', shows => 'o1', again => 'never');

--- boundary: and the days on which the courts are closed
insert into setting (force_id, setting_id, name, value, effective_from, reason, recorded_by)
values ('west-midlands', id('s'), 'bank_holidays', '["2030-05-03", "2030-05-06"]', '2030-01-01', 'The first Monday in May, and a day in between.', 'WM-AD-1');
select pair('k', 'ann', 'bob');
select protect('o1', 'k', 'dapn', 'served', '-5 12:00');
select silent('k', '11:59:59', again => '12:00');
select fires('k', '12:00', shows => 'o1');

--- boundary: given on a Sunday, the hours begin with Monday
select pair('k', 'ann', 'bob');
select protect('o1', 'k', 'dapn', 'served', '-2 12:00');
select silent('k', '22:59:59', again => '23:00');
select fires('k', '23:00', shows => 'o1');

--- boundary: heard at the last moment, and a second later
select pair('k', 'ann', 'bob');
select pair('l', 'cath', 'dan');
select protect('o1', 'k', 'dvpn', 'served', '-7 12:00');
select protect('o2', 'l', 'dvpn', 'served', '-7 12:00');
select put('protection_order_hearing', 'h1', '-5 12:00', columns => '{"order_id": "o1", "case_id": "k", "outcome": "order_made"}');
select put('protection_order_hearing', 'h2', '-5 12:00:01', columns => '{"order_id": "o2", "case_id": "l", "outcome": "order_made"}');
select silent('k', '20:00');
select fires('l', '20:00');

--- boundary: heard in time, recorded late
select pair('k', 'ann', 'bob');
select protect('o1', 'k', 'dapn', 'served', '-7 12:00');
select put('protection_order_hearing', 'h1', '-6 12:00', recorded => '-1 09:00', columns => '{"order_id": "o1", "case_id": "k", "outcome": "order_made"}');
select fires('k', '-1 08:59:59');
select silent('k', '-1 09:00', again => 'never');

--- boundary: served as a fact, before the move was recorded
select pair('k', 'ann', 'bob');
select protect('o1', 'k', 'dapn', 'authorised', '-8 12:00');
select put('protection_order_serving', 'v1', '-7 12:00', columns => '{"order_id": "o1", "case_id": "k", "person_id": "bob", "method": "in_person"}');
select silent('k', '-5 11:59:59', again => '-5 12:00');
select fires('k', '-5 12:00', shows => 'o1');

--- boundary: three days, that of the order being the first, by the clocks of London
select pair('k', 'ann', 'bob');
select protect('o1', 'k', 'dapo', 'active', '-3 12:00', '{"granted_at": "-3 12:00"}');
select silent('k', '-1 22:59:59', again => '-1 23:00');
select fires('k', '-1 23:00', shows => 'o1', again => 'never');

--- boundary: notified in the last second, and after it
select pair('k', 'ann', 'bob');
select pair('l', 'cath', 'dan');
select protect('o1', 'k', 'dapo', 'active', '-3 12:00');
select protect('o2', 'l', 'dapo', 'active', '-3 12:00');
select put('protection_order_notification', 'n1', '-1 22:59:59', columns => '{"order_id": "o1", "case_id": "k", "result": "complete"}');
select put('protection_order_notification', 'n2', '-1 23:00', columns => '{"order_id": "o2", "case_id": "l", "result": "complete"}');
select silent('k', '20:00');
select fires('l', '20:00');
