-- downgrade_unprobed: a grade below one of the last 365 days, whose rationale is not answered.

--- fires: high, then standard
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-60 20:00', 'strangulation', 'high');
select assess('a2', 'k', '20:00', '', 'standard');
select fires('k', '20:00', of_case => 'k', shows => 'a1 a2', again => 'never');

--- fires: the higher grade was another case's of the same pair
select pair('k', 'ann', 'bob');
select pair('l', 'ann', 'bob');
select assess('a1', 'l', '-60 20:00', 'strangulation', 'high');
select assess('a2', 'k', '20:00', '', 'medium');
select fires('k', '20:00', shows => 'a1 a2');

--- fires: a correction lowers what it supersedes, and answers nothing
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-1 20:00', 'weapons', 'high');
select assess('a2', 'k', '20:00', '', 'medium', columns => '{"supersedes": "a1"}');
select fires('k', '20:00', shows => 'a1 a2');

--- fires: a specialist had raised it, and a lowering nobody authorised changes nothing
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-60 20:00', '', 'standard');
select judge('v1', 'a1', 'raise', 'high', '-59 20:00', '{"case_id": "k"}');
select judge('v2', 'a1', 'lower', 'standard', '-58 20:00', '{"case_id": "k", "overturns": "{00000000-0000-0000-0000-000000000000}"}');
select assess('a2', 'k', '20:00', '', 'standard');
select fires('k', '20:00', shows => 'a2 v1');

--- silent: the rationale is answered
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-60 20:00', 'strangulation', 'high');
select assess('a2', 'k', '20:00', '', 'standard', columns => '{"answers_rationale": "He is in prison since March."}');
select silent('k', '20:00', again => 'never');

--- silent: the same grade, or a higher one
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-60 20:00', '', 'medium');
select assess('a2', 'k', '-1 20:00', '', 'medium');
select assess('a3', 'k', '20:00', 'strangulation', 'high');
select silent('k', '20:00');

--- silent: the higher grade had been set aside before
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-60 20:00', 'strangulation', 'high');
select act_as('WM-SP-1', 'specialist');
select judge('v1', 'a1', 'lower', 'standard', '-59 20:00', jsonb_build_object('case_id', 'k', 'overturns', jsonb_build_array(id('a1'))));
select authorise('z1', 'v1', '-58 20:00');
select assess('a2', 'k', '20:00', '', 'standard');
select silent('k', '20:00');

--- boundary: 365 days before, and a second more recent
select pair('k', 'ann', 'bob');
select pair('l', 'eve', 'dan');
select assess('a1', 'k', '-365 20:00', '', 'high'), assess('b1', 'l', '-365 20:00:01', '', 'high');
select assess('a2', 'k', '20:00', '', 'standard'), assess('b2', 'l', '20:00', '', 'standard');
select silent('k', '20:00');
select fires('l', '20:00', shows => 'b1 b2');

--- boundary: the earlier grade is entered late
select pair('k', 'ann', 'bob');
select assess('a2', 'k', '-1 20:00', '', 'standard');
select assess('a1', 'k', '-60 20:00', '', 'high', recorded => '09:00');
select silent('k', '08:59:59');
select fires('k', '09:00', shows => 'a1 a2');

--- boundary: a review undoes the lowering
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-60 20:00', '', 'high');
select assess('a2', 'k', '-1 20:00', '', 'standard');
select judge('v1', 'a2', 'raise', 'high', '-1 22:00', '{"case_id": "k"}', recorded => '09:00');
select fires('k', '08:59:59', shows => 'a1 a2');
select silent('k', '09:00');

--- silent: another pair's grades; the answers of an assessment without a grade
select pair('k', 'ann', 'bob');
select pair('l', 'ann', 'carl');
select assess('b1', 'l', '-9 20:00', '', 'high'), judge('w1', 'b1', 'agree', 'high', '-8 20:00', '{"case_id": "l"}');
select assess('a1', 'k', '-5 20:00', '', 'standard'), assess('a2', 'k', '-5 21:00', 'lies_in_wait', null, of_set => 'stalking-11');
select silent('k', '20:00');

--- boundary: the authorisation is recorded late
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-60 20:00', '', 'high'), assess('a2', 'k', '-2 20:00', '', 'standard');
select act_as('WM-SP-1', 'specialist');
select judge('v1', 'a1', 'lower', 'standard', '-9 20:00', jsonb_build_object('case_id', 'k', 'overturns', jsonb_build_array(id('a1'))));
select authorise('z1', 'v1', '-8 20:00', recorded => '12:00');
select fires('k', '11:59:59', shows => 'a1 a2');
select silent('k', '12:00');

--- boundary: that it had been raised is recorded late, and it was a year ago
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-400 20:00', '', 'standard'), assess('a2', 'k', '-1 20:00', '', 'standard');
select judge('v1', 'a1', 'raise', 'high', '-365 20:00', '{"case_id": "k"}', recorded => '12:00');
select silent('k', '11:59:59');
select fires('k', '12:00', shows => 'a2 v1');

--- boundary: the lower grade itself is a year old
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-700 20:00', '', 'high'), assess('a2', 'k', '-365 20:00', '', 'standard');
select fires('k', '19:59:59');
select silent('k', '20:00');

--- boundary: graded lower in another case of the same pair is told of that case
select pair('k', 'ann', 'bob');
select pair('l', 'ann', 'bob');
select assess('a1', 'k', '-9 20:00', 'weapons', 'high'), assess('b1', 'l', '20:00', '', 'standard');
select silent('k', '20:00', again => 'never');
select fires('l', '20:00', shows => 'a1 b1');
