-- assessment_incomplete: over 20 % not asked or not known, or a factor of high risk not asked.

--- fires: a factor of high risk was not asked
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '20:00', 'frightened', not_asked => 'strangulation');
select fires('k', '20:00', of_case => 'k', shows => 'a1', again => 'never');

--- fires: two sets of one evening, each by itself
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '20:00', 'frightened', not_asked => 'strangulation');
select assess('a2', 'k', '20:30', '', null, not_asked => 'lies_in_wait', of_set => 'stalking-11');
select fires('k', '20:30', shows => 'a1 a2');

--- silent: everything was asked
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '20:00', 'frightened');
select silent('k', '20:00', again => 'never');

--- silent: asked again, and now in full; or superseded
select pair('k', 'ann', 'bob');
select pair('l', 'eve', 'dan');
select assess('a1', 'k', '19:00', '', not_asked => 'strangulation'), assess('b1', 'l', '19:00', '', not_asked => 'strangulation');
select assess('a2', 'k', '20:00'), assess('b2', 'l', '20:00', columns => '{"supersedes": "b1"}');
select silent('k', '20:00'), silent('l', '20:00');

--- boundary: five of 27, and six
select pair('k', 'ann', 'bob');
select pair('l', 'eve', 'dan');
select assess('a1', 'k', '20:00', '', not_asked => 'frightened feared_harm isolated low_or_suicidal another_person');
select assess('b1', 'l', '20:00', '', not_asked => 'frightened feared_harm isolated low_or_suicidal another_person others_hurt');
select silent('k', '20:00');
select fires('l', '20:00', shows => 'b1');

--- boundary: exactly the share that the setting allows
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '20:00', '', not_asked => 'frightened feared_harm isolated low_or_suicidal another_person others_hurt', of_set => 'ric-24');
select silent('k', '20:00', settings => '{"percent": 25}');
select fires('k', '20:00', settings => '{"percent": 24}');

--- boundary: entered late, and a year ago
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-364 20:00', '', not_asked => 'weapons', recorded => '09:00');
select silent('k', '08:59:59');
select fires('k', '09:00');
select fires('k', '+1 19:59:59');
select silent('k', '+1 20:00');

--- boundary: the one that supersedes it is recorded late
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '10:00', '', not_asked => 'weapons');
select assess('a2', 'k', '09:00', recorded => '12:00', columns => '{"supersedes": "a1"}');
select fires('k', '11:59:59', shows => 'a1');
select silent('k', '12:00');

--- boundary: an assessment of another case of the same pair is told of that case
select pair('k', 'ann', 'bob');
select pair('l', 'ann', 'bob');
select assess('b1', 'l', '20:00', '', not_asked => 'strangulation');
select silent('k', '20:00', again => 'never');
select fires('l', '20:00', shows => 'b1');
