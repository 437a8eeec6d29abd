-- closed_unseen: closed and the victim was neither seen nor spoken to.

--- fires: closed with no trace of the victim
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', 'k');
select finish('f1', 'c1', '21:00', '{"outcome": "no_trace", "reason": "No answer.", "victim_spoken_to": false}');
select fires('c1', '21:00', of_case => 'k', contact => 'c1', shows => 'f1', again => 'never');

--- fires: officers came, and did not see the victim
select contact('c1', '20:00');
select attend('t1', 'c1', '20:30', '{"victim_seen": false}');
select finish('f1', 'c1', '21:00', '{"outcome": "attended_no_arrest", "victim_spoken_to": false}');
select fires('c1', '21:00', of_case => '-', shows => 'f1');

--- silent: spoken to
select contact('c1', '20:00');
select finish('f1', 'c1', '21:00');
select silent('c1', '21:00', again => 'never');

--- silent: seen when officers came
select contact('c1', '20:00');
select attend('t1', 'c1', '20:30');
select finish('f1', 'c1', '21:00', '{"victim_spoken_to": false}');
select silent('c1', '21:00');

--- silent: seen by video
select contact('c1', '20:00');
select visit_by_video('v1', 'c1', 'ended', '20:30');
select finish('f1', 'c1', '21:00', '{"victim_spoken_to": false}');
select silent('c1', '21:00');

--- silent: a duplicate, or still open
select contact('c1', '20:00');
select finish('f1', 'c1', '21:00', '{"outcome": "duplicate", "victim_spoken_to": false}');
select contact('c2', '20:00');
select silent('c1', '21:00');
select silent('c2', '21:00');

--- boundary: from when the closing is recorded
select contact('c1', '20:00');
select finish('f1', 'c1', '21:00', '{"victim_spoken_to": false}', recorded => '22:00');
select silent('c1', '21:59:59');
select fires('c1', '22:00');

--- boundary: closed again after the victim was spoken to
select contact('c1', '20:00');
select finish('f1', 'c1', '21:00', '{"victim_spoken_to": false}');
select finish('f2', 'c1', '22:00');
select fires('c1', '21:59:59', shows => 'f1');
select silent('c1', '22:00');

--- boundary: by the setting
select contact('c1', '20:00');
select finish('f1', 'c1', '21:00', '{"outcome": "passed_on", "victim_spoken_to": false}');
select fires('c1', '21:00');
select silent('c1', '21:00', settings => '{"exempt_outcomes": ["passed_on"]}');

--- boundary: that officers saw the victim is recorded late
select contact('c1', '20:00');
select finish('f1', 'c1', '21:00', '{"victim_spoken_to": false}');
select attend('t1', 'c1', '20:30', recorded => '22:00');
select fires('c1', '21:59:59');
select silent('c1', '22:00');
