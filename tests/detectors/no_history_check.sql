-- no_history_check: assessed without a recorded check of history.

--- fires: nobody looked up what is known
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', 'k');
select assess('a1', 'k', '20:30', contact => 'c1');
select fires('k', '20:30', of_case => 'k', contact => 'c1', shows => 'a1', again => 'never');

--- fires: it was looked up for another contact
select pair('k', 'ann', 'bob');
select contact('c1', '-5 20:00', 'k');
select look_up('h1', 'c1', '-5 20:05');
select contact('c2', '20:00', 'k');
select assess('a1', 'k', '20:30', contact => 'c2');
select fires('k', '20:30', contact => 'c2', shows => 'a1');

--- fires: two assessments, neither with a check
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-3 20:30');
select assess('a2', 'k', '20:30');
select fires('k', '20:30', shows => 'a1 a2');

--- silent: looked up for the contact
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', 'k');
select look_up('h1', 'c1', '20:05');
select assess('a1', 'k', '20:30', contact => 'c1');
select silent('k', '20:30', again => 'never');

--- silent: the assessor states that it was looked up
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '20:30', columns => '{"history_checked": true}');
select silent('k', '20:30');

--- silent: replaced by one with a check
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '20:30');
select assess('a2', 'k', '20:40', columns => '{"history_checked": true, "supersedes": "a1"}');
select silent('k', '20:40');

--- boundary: the check is recorded late
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', 'k');
select assess('a1', 'k', '20:30', contact => 'c1');
select look_up('h1', 'c1', '20:05', recorded => '22:00');
select fires('k', '21:59:59');
select silent('k', '22:00');

--- boundary: as far back as the setting says
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-30 20:30:01');
select fires('k', '20:30');
select silent('k', '20:30:01');

--- boundary: an assessment of another case of the same pair is told of that case
select pair('k', 'ann', 'bob');
select pair('l', 'ann', 'bob');
select assess('b1', 'l', '20:30');
select silent('k', '20:30', again => 'never');
select fires('l', '20:30', shows => 'b1');
