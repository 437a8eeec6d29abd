-- cut_off_not_regraded: the call was cut off and not judged again within 5 minutes.

--- fires: nobody looked again
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', 'k', '{"cut_off": true}');
select fires('c1', '20:05', of_case => 'k', contact => 'c1', shows => 'c1', again => 'never');

--- fires: all that happened was that the grade was lowered
select contact('c1', '20:00', columns => '{"cut_off": true}');
select regrade('g1', 'c1', 'scheduled', '20:03');
select fires('c1', '20:05', of_case => '-');

--- silent: the grade was raised in time
select contact('c1', '20:00', columns => '{"cut_off": true}');
select regrade('g1', 'c1', 'emergency', '20:03');
select silent('c1', '20:05', again => 'never');

--- silent: judged again, and left lower for a reason
select contact('c1', '20:00', columns => '{"cut_off": true}');
select regrade('g1', 'c1', 'scheduled', '20:03', '{"fresh_assessment": true}');
select silent('c1', '20:05');

--- silent: assessed in time, or somebody is there
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', 'k', '{"cut_off": true}');
select assess('a1', 'k', '20:04', contact => 'c1');
select contact('c2', '20:00', columns => '{"cut_off": true}');
select attend('t1', 'c2', '20:04');
select silent('c1', '20:05');
select silent('c2', '20:05');

--- silent: an emergency from the first, or not cut off
select contact('c1', '20:00', columns => '{"cut_off": true, "response_grade": "emergency"}');
select contact('c2', '20:00');
select silent('c1', '20:05', again => 'never');
select silent('c2', '20:05', again => 'never');

--- boundary: at five minutes, and a second before
select contact('c1', '20:00', columns => '{"cut_off": true}');
select silent('c1', '20:04:59', again => '20:05');
select fires('c1', '20:05');

--- boundary: raised at five minutes, and a second later
select contact('c1', '20:00', columns => '{"cut_off": true}');
select regrade('g1', 'c1', 'emergency', '20:05');
select contact('c2', '20:00', columns => '{"cut_off": true}');
select regrade('g2', 'c2', 'emergency', '20:05:01');
select silent('c1', '20:10');
select fires('c2', '20:10');

--- boundary: raised in time, recorded late
select contact('c1', '20:00', columns => '{"cut_off": true}');
select regrade('g1', 'c1', 'emergency', '20:03', recorded => '20:30');
select fires('c1', '20:29:59');
select silent('c1', '20:30');

--- boundary: assessed, or somebody there, at five minutes, and a second later
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', 'k', '{"cut_off": true}');
select assess('a1', 'k', '20:05', contact => 'c1');
select contact('c2', '20:00', 'k', '{"cut_off": true}');
select assess('a2', 'k', '20:05:01', contact => 'c2');
select contact('c3', '20:00', columns => '{"cut_off": true}');
select attend('t3', 'c3', '20:05');
select contact('c4', '20:00', columns => '{"cut_off": true}');
select attend('t4', 'c4', '20:05:01');
select silent('c1', '20:10');
select fires('c2', '20:10');
select silent('c3', '20:10');
select fires('c4', '20:10');

--- silent: the first came in time, whoever came later
select contact('c1', '20:00', columns => '{"cut_off": true}');
select attend('t1', 'c1', '20:04'), attend('t2', 'c1', '20:30');
select silent('c1', '20:40', again => 'never');
