-- assessment_missing: attended or closed, and no assessment within 24 hours.

--- fires: somebody came, and nobody assessed the risk
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', 'k');
select attend('t1', 'c1', '20:30');
select fires('c1', '+1 20:30', of_case => 'k', contact => 'c1', shows => 'c1 t1', again => 'never');

--- fires: closed without a visit, and no case yet
select contact('c1', '20:00');
select finish('f1', 'c1', '20:10');
select fires('c1', '+1 20:10', of_case => '-', shows => 'c1 f1');

--- fires: of two victims only one was assessed
select pair('k', 'ann', 'bob');
select pair('l', 'cath', 'bob');
select contact('c1', '20:00', 'k l');
select attend('t1', 'c1', '20:30');
select assess('a1', 'k', '20:45', contact => 'c1');
select fires('c1', '+1 20:30', of_case => 'l', shows => 'c1 t1');
select silent('c1', '+1 20:30', of_case => 'k');

--- silent: assessed while they were there
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', 'k');
select attend('t1', 'c1', '20:30');
select assess('a1', 'k', '20:45', contact => 'c1');
select silent('c1', '+1 20:30', again => 'never');

--- silent: assessed while the call was handled
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', 'k');
select assess('a1', 'k', '20:05');
select attend('t1', 'c1', '20:30');
select silent('c1', '+1 20:30');

--- silent: neither attended nor closed
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', 'k');
select silent('c1', '+3 20:00', again => 'never');

--- silent: closed as a duplicate
select contact('c1', '20:00');
select finish('f1', 'c1', '20:10', '{"outcome": "duplicate"}');
select silent('c1', '+1 20:10', again => 'never');

--- fires: an assessment from before the contact is none of it
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '19:00');
select contact('c1', '20:00', 'k');
select attend('t1', 'c1', '20:30');
select fires('c1', '+1 20:30');

--- boundary: until 24 hours after somebody came
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', 'k');
select attend('t1', 'c1', '20:30');
select silent('c1', '+1 20:29:59', again => '+1 20:30');
select fires('c1', '+1 20:30', again => 'never');

--- boundary: assessed at the last moment, and a second after it
select pair('k', 'ann', 'bob');
select pair('l', 'cath', 'dan');
select contact('c1', '20:00', 'k');
select attend('t1', 'c1', '20:30');
select contact('c2', '20:00', 'l');
select attend('t2', 'c2', '20:30');
select assess('a1', 'k', '+1 20:30');
select assess('a2', 'l', '+1 20:30:01');
select silent('c1', '+1 21:00');
select fires('c2', '+1 21:00');

--- boundary: made in time, recorded late
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', 'k');
select attend('t1', 'c1', '20:30');
select assess('a1', 'k', '20:45', recorded => '+2 09:00');
select fires('c1', '+2 08:59:59');
select silent('c1', '+2 09:00');

--- boundary: by the setting
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', 'k');
select attend('t1', 'c1', '20:30');
select silent('c1', '22:29:59', again => '22:30', settings => '{"hours": 2}');
select fires('c1', '22:30', settings => '{"hours": 2}');

--- boundary: made for the contact, though by its clock before the contact was received
select pair('k', 'ann', 'bob');
select pair('l', 'cath', 'dan');
select contact('c1', '20:00', 'k');
select contact('c2', '20:00', 'l');
select attend('t1', 'c1', '20:30');
select attend('t2', 'c2', '20:30');
select assess('a1', 'k', '19:59:59', contact => 'c1');
select assess('a2', 'l', '19:59:59');
select silent('c1', '+1 20:30');
select fires('c2', '+1 20:30');
