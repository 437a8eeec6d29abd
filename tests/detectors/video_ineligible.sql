-- video_ineligible: a response by video with the offender present, in an emergency, or without consent.

--- fires: the offender was there
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', 'k');
select visit_by_video('v1', 'c1', 'ended', '20:30', '{"offender_absent": false, "outcome": "advice_given"}');
select fires('c1', '20:30', of_case => 'k', contact => 'c1', shows => 'v1', again => 'never');

--- fires: the contact itself says so, or is an emergency
select contact('c1', '20:00', columns => '{"suspect_present": "yes"}');
select visit_by_video('v1', 'c1', 'started', '20:30');
select contact('c2', '20:00', columns => '{"response_grade": "emergency"}');
select visit_by_video('v2', 'c2', 'started', '20:30');
select fires('c1', '20:30', of_case => '-', shows => 'v1');
select fires('c2', '20:30', of_case => '-', shows => 'v2');

--- fires: without consent
select contact('c1', '20:00');
select visit_by_video('v1', 'c1', 'started', '20:30', '{"consent": "not_asked"}');
select fires('c1', '20:30', shows => 'v1');

--- silent: by the rules
select contact('c1', '20:00');
select visit_by_video('v1', 'c1', 'ended', '20:30', '{"outcome": "advice_given"}');
select silent('c1', '20:30', again => 'never');

--- silent: only its outcome is missing
select contact('c1', '20:00');
select visit_by_video('v1', 'c1', 'ended', '20:30');
select silent('c1', '20:30');

--- silent: it never took place
select contact('c1', '20:00');
select visit_by_video('v1', 'c1', 'scheduled', '20:10', '{"consent": "not_asked", "offender_absent": false}');
select silent('c1', '20:30');

--- boundary: from when it is recorded that it began
select contact('c1', '20:00');
select visit_by_video('v1', 'c1', 'started', '20:30', '{"emergency": true}', recorded => '22:00');
select silent('c1', '21:59:59');
select fires('c1', '22:00');

--- boundary: by the setting
select contact('c1', '20:00');
select visit_by_video('v1', 'c1', 'started', '20:30', '{"victim_able": false}');
select fires('c1', '20:30');
select silent('c1', '20:30', settings => '{"faults": ["emergency"]}');

--- boundary: offered in good time, and recorded late that it began
select contact('c1', '20:00', columns => '{"suspect_present": "yes"}');
select visit_by_video('v1', 'c1', 'scheduled', '20:10');
select move('video_response', 'v1', 'started', '20:30', '22:00');
select silent('c1', '21:59:59');
select fires('c1', '22:00', shows => 'v1');
