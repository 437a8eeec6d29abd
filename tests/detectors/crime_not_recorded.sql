-- crime_not_recorded: answers disclose an offence and no crime reference within 24 hours.

--- fires: strangulation, and no crime was recorded
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', 'k');
select assess('a1', 'k', '20:30', 'strangulation', contact => 'c1');
select fires('k', '+1 20:30', of_case => 'k', contact => 'c1', shows => 'a1', again => 'never');

--- fires: an offence that a follow-on set discloses
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '20:30', 'property_damaged', grade => null, of_set => 'stalking-11');
select fires('k', '+1 20:30', shows => 'a1');

--- fires: the crime is another case's
select pair('k', 'ann', 'bob');
select pair('l', 'cath', 'dan');
select contact('c1', '20:00', 'k');
select assess('a1', 'k', '20:30', 'injury_now', contact => 'c1');
select contact('c2', '20:00', 'l', '{"crime_reference": "20/1/30"}');
select fires('k', '+1 20:30');

--- silent: the contact came with its crime
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', 'k', '{"crime_reference": "20/1/30"}');
select assess('a1', 'k', '20:30', 'strangulation', contact => 'c1');
select silent('k', '+1 20:30', again => 'never');

--- silent: recorded from a later contact of the case
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '20:30', 'strangulation');
select contact('c1', '22:00', 'k', '{"crime_reference": "20/1/30"}');
select silent('k', '+1 20:30', again => 'never');

--- silent: no offence among the answers
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '20:30', 'frightened separation low_or_suicidal');
select silent('k', '+1 20:30', again => 'never');

--- silent: replaced by answers that disclose none
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '20:30', 'strangulation');
select assess('a2', 'k', '21:30', 'frightened', columns => '{"supersedes": "a1"}');
select silent('k', '+1 20:30', again => 'never');

--- boundary: 24 hours
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '20:30', 'strangulation');
select silent('k', '+1 20:29:59', again => '+1 20:30');
select fires('k', '+1 20:30', again => 'never');

--- boundary: an earlier one is overdue, a later one is awaited
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '20:30', 'strangulation');
select assess('a2', 'k', '22:00', 'weapons');
select silent('k', '+1 20:29:59', again => '+1 20:30');
select fires('k', '+1 20:30', shows => 'a1', again => '+1 22:00');
select fires('k', '+1 22:00', shows => 'a1 a2', again => 'never');

--- boundary: the closing names the crime
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', 'k');
select assess('a1', 'k', '20:30', 'strangulation', contact => 'c1');
select finish('f1', 'c1', '21:00', '{"crime_reference": "20/1/30"}', recorded => '+2 09:00');
select fires('k', '+2 08:59:59');
select silent('k', '+2 09:00');

--- boundary: an offence that the setting leaves out
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '20:30', 'animals_hurt');
select fires('k', '+1 20:30');
select silent('k', '+1 20:30', settings => '{"exempt": ["animal_cruelty"]}');

--- silent: recorded from the contact that was assessed, which is not linked
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', columns => '{"crime_reference": "20/1/30"}');
select assess('a1', 'k', '20:30', 'strangulation', contact => 'c1');
select silent('k', '+1 20:30', again => 'never');

--- boundary: another case of the same pair has its own answers, and its own crime
select pair('k', 'ann', 'bob');
select pair('l', 'ann', 'bob'), pair('m', 'ann', 'bob');
select assess('a1', 'k', '20:30', 'strangulation');
select contact('c1', '22:00', 'l', '{"crime_reference": "20/1/30"}');
select fires('k', '+1 20:30', shows => 'a1');
select silent('m', '+1 20:30', again => 'never');

--- boundary: recorded from a contact seven days before the answers, and a second more
select pair('k', 'ann', 'bob');
select pair('l', 'cath', 'dan');
select contact('c1', '-7 20:30', 'k', '{"crime_reference": "20/1/30"}'), contact('d1', '-7 20:29:59', 'l', '{"crime_reference": "20/2/30"}');
select assess('a1', 'k', '20:30', 'strangulation'), assess('b1', 'l', '20:30', 'strangulation');
select silent('k', '+1 20:30');
select fires('l', '+1 20:30');
