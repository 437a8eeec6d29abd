-- response_overdue: not attended by the target; or scheduled while the suspect is near or has threatened to kill.

--- fires: nobody has come by the target
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', 'k');
select fires('c1', '21:00', of_case => 'k', contact => 'c1', shows => 'c1', again => 'never');

--- fires: scheduled while the suspect is near, at once, and it is asked again at the target
select contact('c1', '20:00', columns => '{"response_grade": "scheduled", "suspect_nearby": "yes"}');
select fires('c1', '20:00', of_case => '-', shows => 'c1', again => '+2 20:00');

--- fires: nobody is to come at all, and the suspect is there
select contact('c1', '20:00', columns => '{"response_grade": "no_deployment", "suspect_present": "yes"}');
select fires('c1', '20:00', shows => 'c1', again => 'never');

--- fires: scheduled, and the suspect has threatened to kill
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-100 12:00', 'threats_to_kill');
select contact('c1', '20:00', 'k', '{"response_grade": "scheduled"}');
select fires('c1', '20:00', of_case => 'k', shows => 'a1 c1', again => '+2 20:00');

--- fires: lowered to scheduled while the suspect is near
select contact('c1', '20:00', columns => '{"suspect_present": "yes"}');
select regrade('g1', 'c1', 'scheduled', '20:20');
select silent('c1', '20:19:59', again => '21:00');
select fires('c1', '20:20', shows => 'c1');

--- silent: somebody came in time
select contact('c1', '20:00');
select attend('t1', 'c1', '20:59');
select silent('c1', '21:00', again => 'never');

--- silent: settled by telephone, or in a response by video
select contact('c1', '20:00');
select finish('f1', 'c1', '20:40');
select contact('c2', '20:00');
select visit_by_video('v1', 'c2', 'ended', '20:40');
select silent('c1', '21:00', again => 'never');
select silent('c2', '21:00', again => 'never');

--- silent: a scheduled response, nothing known against it
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-100 12:00', 'separation');
select contact('c1', '20:00', 'k', '{"response_grade": "scheduled", "suspect_nearby": "no"}');
select silent('c1', '21:00', again => '+2 20:00');

--- silent: nobody was to come
select contact('c1', '20:00', columns => '{"response_grade": "no_deployment"}');
select silent('c1', '+9 20:00', again => 'never');

--- boundary: at the target, and a second before
select contact('c1', '20:00', columns => '{"response_grade": "emergency"}');
select silent('c1', '20:14:59', again => '20:15');
select fires('c1', '20:15', again => 'never');

--- boundary: attended in time, recorded late
select contact('c1', '20:00');
select attend('t1', 'c1', '20:30', recorded => '22:00');
select fires('c1', '21:59:59');
select silent('c1', '22:00');

--- boundary: raised, the target comes sooner
select contact('c1', '20:00', columns => '{"response_grade": "scheduled"}');
select regrade('g1', 'c1', 'emergency', '20:30');
select silent('c1', '20:44:59', again => '20:45');
select fires('c1', '20:45');

--- boundary: a threat 365 days back
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-365 20:00:01', 'threats_to_kill');
select contact('c1', '20:00', 'k', '{"response_grade": "scheduled"}');
select contact('c2', '20:00:01', 'k', '{"response_grade": "scheduled"}');
select fires('c1', '20:01');
select silent('c2', '20:01');

--- fires: the suspect has threatened to kill, and a setting counts what has no target
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-100 12:00', 'threats_to_kill');
select contact('c1', '20:00', 'k', '{"response_grade": "no_deployment"}');
select fires('c1', '20:00', shows => 'a1 c1', again => 'never', settings => '{"grades_threat": ["no_deployment"]}');
select expect('response_overdue', 'c1', '20:00', false);

--- boundary: the threat was told of one of the contact's cases, and not of the other
select pair('k', 'ann', 'bob');
select pair('l', 'eve', 'dan');
select assess('a1', 'k', '-100 12:00', 'threats_to_kill');
select contact('c1', '20:00', 'k l', '{"response_grade": "scheduled"}');
select fires('c1', '20:00', of_case => 'k', shows => 'a1 c1');
select silent('c1', '20:00', of_case => 'l');
