-- silent_downgrade: a response grade was lowered without a reason, an authoriser or a fresh assessment.

--- fires: lowered with nothing
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', 'k');
select regrade('g1', 'c1', 'scheduled', '20:30', '{"victim_spoken_to": true}');
select fires('c1', '20:30', of_case => 'k', contact => 'c1', shows => 'g1', again => 'never');

--- fires: lowered with all but a reason, and no case yet
select contact('c1', '20:00');
select regrade('g1', 'c1', 'scheduled', '20:30', '{"authorised_by": "WM-SU-1", "victim_spoken_to": true, "fresh_assessment": true}');
select fires('c1', '20:30', of_case => '-', shows => 'g1');

--- fires: lowered with all but a fresh assessment, and each case is told
select pair('k', 'ann', 'bob');
select pair('l', 'cath', 'bob');
select contact('c1', '20:00', 'k l');
select regrade('g1', 'c1', 'scheduled', '20:30', '{"reason": "Quiet now.", "authorised_by": "WM-SU-1", "victim_spoken_to": true}');
select fires('c1', '20:30', of_case => 'k', shows => 'g1');
select fires('c1', '20:30', of_case => 'l', shows => 'g1');

--- fires: authorised by who lowered it, or by somebody who may not
select contact('c1', '20:00');
select regrade('g1', 'c1', 'scheduled', '20:30', '{"reason": "Quiet now.", "authorised_by": "WM-CH-1", "victim_spoken_to": true, "fresh_assessment": true}');
select regrade('g2', 'c1', 'no_deployment', '20:40', '{"reason": "Quiet now.", "authorised_by": "WM-CH-2", "victim_spoken_to": true, "fresh_assessment": true}');
select fires('c1', '20:30', shows => 'g1');
select fires('c1', '20:40', shows => 'g1 g2');

--- silent: lowered by the rules
select contact('c1', '20:00');
select regrade('g1', 'c1', 'scheduled', '20:30', '{"reason": "Quiet now.", "authorised_by": "WM-SU-1", "victim_spoken_to": true, "fresh_assessment": true}');
select silent('c1', '20:30', again => 'never');

--- silent: raised without a word
select contact('c1', '20:00');
select regrade('g1', 'c1', 'emergency', '20:30');
select silent('c1', '20:30');

--- silent: that the victim was not spoken to is not this rule's, unless the setting says so
select contact('c1', '20:00');
select regrade('g1', 'c1', 'scheduled', '20:30', '{"reason": "Quiet now.", "authorised_by": "WM-SU-1", "fresh_assessment": true}');
select silent('c1', '20:30');

--- boundary: by the setting it counts that the victim was not spoken to
select contact('c1', '20:00');
select regrade('g1', 'c1', 'scheduled', '20:30', '{"reason": "Quiet now.", "authorised_by": "WM-SU-1", "fresh_assessment": true}');
select silent('c1', '20:30');
select fires('c1', '20:30', settings => '{"faults": ["victim_not_spoken_to"]}');

--- boundary: recorded late, it is seen from then on
select contact('c1', '20:00');
select regrade('g1', 'c1', 'scheduled', '20:30', recorded => '23:00');
select silent('c1', '22:59:59');
select fires('c1', '23:00', shows => 'g1');
