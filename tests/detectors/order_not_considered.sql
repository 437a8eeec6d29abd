-- order_not_considered: closed without an arrest at high or medium risk, and no notice or order considered.

--- fires: attended, no arrest, and the case is agreed to be medium
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-30 20:00', '', 'medium');
select contact('c1', '20:00', 'k'), finish('f1', 'c1', '22:00', '{"outcome": "attended_no_arrest", "victim_seen": true}');
select fires('k', '22:00', of_case => 'k', contact => 'c1', shows => 'c1 f1', again => 'never');

--- fires: graded standard, though the answers suggest high
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', 'k'), assess('a1', 'k', '21:00', 'strangulation', 'standard', 'c1'), finish('f1', 'c1', '22:00');
select fires('k', '22:00', shows => 'c1 f1');

--- fires: bail is no order, and an order that ended before is none
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-30 20:00', '', 'high');
select protect('o1', 'k', 'bail', 'active', '-40 12:00');
select protect('o2', 'k', 'dvpo', 'active', '-60 12:00'), move('protection_order', 'o2', 'discharged', '-40 12:00');
select protect('o3', 'k', 'dvpo', 'active', '-60 12:00', jsonb_build_object('granted_at', moment('-60 12:00'), 'expires_at', moment('-32 12:00')));
select contact('c1', '20:00', 'k'), finish('f1', 'c1', '22:00');
select fires('k', '22:00');

--- silent: he was arrested
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-30 20:00', '', 'high');
select contact('c1', '20:00', 'k'), finish('f1', 'c1', '22:00', '{"outcome": "attended_arrest", "victim_seen": true}');
select silent('k', '22:00', again => 'never');

--- silent: standard risk, or nothing closed, or a duplicate
select pair('k', 'ann', 'bob');
select pair('l', 'eve', 'dan');
select assess('a1', 'k', '-30 20:00', '', 'standard'), assess('b1', 'l', '-30 20:00', '', 'high');
select contact('c1', '20:00', 'k'), finish('f1', 'c1', '22:00');
select contact('d1', '20:00', 'l'), contact('d2', '20:00', 'l'), finish('g2', 'd2', '22:00', '{"outcome": "duplicate"}');
select silent('k', '22:00'), silent('l', '22:00');

--- silent: an order is in force already, in another case of the same pair
select pair('k', 'ann', 'bob');
select pair('l', 'ann', 'bob');
select assess('a1', 'k', '-30 20:00', '', 'high');
select protect('o1', 'l', 'non_molestation', 'active', '-60 12:00');
select contact('c1', '20:00', 'k'), finish('f1', 'c1', '22:00');
select silent('k', '22:00');

--- boundary: a notice is considered, and then not pursued
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-30 20:00', '', 'high');
select contact('c1', '20:00', 'k'), finish('f1', 'c1', '22:00');
select protect('o1', 'k', 'dapn', 'considered', '23:00'), move('protection_order', 'o1', 'not_pursued', '23:30');
select fires('k', '22:59:59');
select silent('k', '23:00');
select silent('k', '23:30');

--- boundary: the hours of the setting
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-30 20:00', '', 'high');
select contact('c1', '20:00', 'k'), finish('f1', 'c1', '22:00');
select silent('k', '22:00', again => '+1 22:00', settings => '{"hours": 24}');
select silent('k', '+1 21:59:59', settings => '{"hours": 24}');
select fires('k', '+1 22:00', settings => '{"hours": 24}', again => 'never');

--- boundary: the closing is recorded late
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-30 20:00', '', 'high');
select contact('c1', '-2 20:00', 'k'), finish('f1', 'c1', '-2 22:00', recorded => '09:00');
select silent('k', '08:59:59');
select fires('k', '09:00');

--- boundary: the link, and a move of an order, are recorded late; 28 days
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-60 20:00', '', 'high');
select protect('o1', 'k', 'non_molestation', 'active', '-50 12:00'), move('protection_order', 'o1', 'discharged', '-40 12:00', recorded => '12:00');
select contact('c1', '-1 20:00'), finish('f1', 'c1', '-1 22:00'), link('c1', 'k', '10:00');
select silent('k', '11:59:59');
select fires('k', '12:00', shows => 'c1 f1'), fires('k', '+27 19:59:59');
select silent('k', '+27 20:00');

--- boundary: the arrest is recorded late, and the link
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-60 20:00', '', 'high');
select contact('c1', '-1 20:00'), finish('f1', 'c1', '-1 22:00'), link('c1', 'k', '10:00');
select finish('f2', 'c1', '-1 23:00', '{"outcome": "attended_arrest", "victim_seen": true}', recorded => '12:00');
select silent('k', '09:59:59');
select fires('k', '10:00'), fires('k', '11:59:59');
select silent('k', '12:00');

--- boundary: an order was thought of at the moment of the contact, and ended at it
select pair('k', 'ann', 'bob');
select pair('l', 'eve', 'dan');
select assess('a1', 'k', '-60 20:00', '', 'high'), assess('b1', 'l', '-60 20:00', '', 'high');
select protect('o1', 'k', 'dvpo', 'active', '-20 12:00', jsonb_build_object('granted_at', moment('-20 12:00'), 'expires_at', moment('20:00:01')));
select protect('o2', 'l', 'dvpo', 'active', '-20 12:00', jsonb_build_object('granted_at', moment('-20 12:00'), 'expires_at', moment('20:00')));
select contact('c1', '20:00', 'k'), finish('f1', 'c1', '22:00'), contact('d1', '20:00', 'l'), finish('g1', 'd1', '22:00');
select silent('k', '22:00');
select fires('l', '22:00', shows => 'd1 g1');

--- boundary: discharged at the moment of the contact, and a second later
select pair('k', 'ann', 'bob');
select pair('l', 'eve', 'dan');
select assess('a1', 'k', '-60 20:00', '', 'high'), assess('b1', 'l', '-60 20:00', '', 'high');
select protect('o1', 'k', 'dapo', 'active', '-20 12:00'), move('protection_order', 'o1', 'discharged', '20:00');
select protect('o2', 'l', 'dapo', 'active', '-20 12:00'), move('protection_order', 'o2', 'discharged', '20:00:01');
select contact('c1', '20:00', 'k'), finish('f1', 'c1', '22:00'), contact('d1', '20:00', 'l'), finish('g1', 'd1', '22:00');
select fires('k', '22:00', shows => 'c1 f1');
select silent('l', '22:00');

--- silent: a notice was considered as the call came in
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-60 20:00', '', 'high');
select protect('o1', 'k', 'dapn', 'considered', '20:00'), move('protection_order', 'o1', 'not_pursued', '20:00');
select contact('c1', '20:00', 'k'), finish('f1', 'c1', '22:00');
select silent('k', '22:00');

--- silent: what the latest answers suggest counts, not what earlier ones did, nor those of another case of the pair
select pair('k', 'ann', 'bob');
select pair('l', 'ann', 'bob');
select assess('a1', 'k', '-90 20:00', 'strangulation threats_to_kill weapons separation control stalking injury_now frightened feared_harm isolated low_or_suicidal child_contact pregnancy_or_baby dependants_at_home children_hurt');
select assess('a2', 'k', '-60 20:00');
select assess('b1', 'l', '-30 20:00', 'strangulation threats_to_kill weapons separation control stalking injury_now frightened feared_harm isolated low_or_suicidal child_contact pregnancy_or_baby dependants_at_home children_hurt');
select contact('c1', '20:00', 'k'), finish('f1', 'c1', '22:00');
select silent('k', '22:00', again => 'never');

--- boundary: a contact of another case of the same pair is told of that case
select pair('k', 'ann', 'bob');
select pair('l', 'ann', 'bob');
select assess('a1', 'k', '-60 20:00', '', 'high'), assess('b1', 'l', '-60 20:00', '', 'high');
select contact('c1', '20:00', 'l'), finish('f1', 'c1', '22:00');
select silent('k', '22:00', again => 'never');
select fires('l', '22:00', shows => 'c1 f1');
