-- lethality_cluster: signs that go before killings, and an agreed grade below high.

--- fires: strangulation, graded medium
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '20:00', 'strangulation', 'medium');
select fires('k', '20:00', of_case => 'k', shows => 'a1', again => 'never');

--- fires: separation, control and violence, spread over three assessments
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-90 20:00', 'separation', 'standard');
select assess('a2', 'k', '-30 20:00', 'control', 'standard');
select assess('a3', 'k', '-10 20:00', 'frightened', 'standard');
select assess('a4', 'k', '20:00', 'injury_now', 'standard');
select fires('k', '20:00', shows => 'a1 a2 a4');

--- fires: a caller reports a weapon after it was graded standard
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-90 20:00', 'frightened', 'standard');
select contact('c1', '20:00', 'k', '{"weapons": "yes"}');
select fires('k', '20:00', shows => 'c1');

--- fires: a set without a grade tells of threats to kill, and nothing is graded
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '20:00', 'threats_to_kill', null, of_set => 'honour-based-abuse');
select fires('k', '20:00', shows => 'a1');

--- silent: graded high
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '20:00', 'strangulation weapons separation control injury_now', 'high');
select silent('k', '20:00', again => 'never');

--- silent: separation and control without violence; violence and control without separation
select pair('k', 'ann', 'bob');
select pair('l', 'eve', 'dan');
select assess('a1', 'k', '20:00', 'separation control', 'standard'), assess('b1', 'l', '20:00', 'injury_now control', 'standard');
select silent('k', '20:00'), silent('l', '20:00');

--- silent: a weapon is reported, and nobody has graded it yet
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', 'k', '{"weapons": "yes"}');
select silent('k', '20:00');

--- boundary: a specialist raises it
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '19:00', 'strangulation', 'medium');
select judge('v1', 'a1', 'raise', 'high', '20:00', '{"case_id": "k"}');
select fires('k', '19:59:59');
select silent('k', '20:00');

--- boundary: entered late
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-2 20:00', 'threats_to_kill', 'standard', recorded => '20:00');
select silent('k', '19:59:59');
select fires('k', '20:00');

--- boundary: 365 days, and a second less
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-365 20:00', 'weapons', 'standard');
select fires('k', '19:59:59');
select silent('k', '20:00');

--- boundary: a caller's weapon, recorded late, and 365 days ago
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-400 20:00', 'frightened', 'standard');
select contact('c1', '-364 20:00', 'k', '{"weapons": "yes"}', recorded => '12:00');
select silent('k', '11:59:59');
select fires('k', '12:00', shows => 'c1'), fires('k', '+1 19:59:59');
select silent('k', '+1 20:00');

--- silent: a weapon in another pair's contact
select pair('k', 'ann', 'bob');
select pair('l', 'eve', 'dan');
select assess('a1', 'k', '-9 20:00', 'frightened', 'standard');
select contact('c1', '20:00', 'l', '{"weapons": "yes"}'), contact('c2', '20:00', 'k', '{"weapons": "no"}');
select silent('k', '20:00');

--- boundary: what supersedes the answer is recorded late
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '10:00', 'weapons', 'standard');
select assess('a2', 'k', '11:00', 'frightened', 'standard', columns => '{"supersedes": "a1"}', recorded => '12:00');
select fires('k', '11:59:59', shows => 'a1');
select silent('k', '12:00');

--- fires: in another case of the same pair, and a contact of both is shown once
select pair('k', 'ann', 'bob');
select pair('l', 'ann', 'bob');
select assess('a1', 'k', '-90 20:00', 'frightened', 'standard'), assess('b1', 'l', '-9 20:00', 'strangulation', 'high');
select contact('c1', '-2 20:00', 'l', '{"weapons": "yes"}'), contact('c2', '20:00', 'k l', '{"injuries": "yes"}');
select fires('k', '20:00', shows => 'b1 c1 c2');

--- boundary: graded high, and that is entered late
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '10:00', 'strangulation', 'medium');
select assess('a2', 'k', '11:00', 'frightened', 'high', recorded => '12:00');
select fires('k', '11:59:59', shows => 'a1');
select silent('k', '12:00', again => 'never');

--- silent: graded high, and then asked a set without a grade
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '10:00', 'strangulation', 'high');
select assess('a2', 'k', '11:00', 'threats_to_kill', null, of_set => 'honour-based-abuse');
select silent('k', '11:00', again => 'never');
