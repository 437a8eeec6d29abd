-- serial_suspect: two victims or more, and no disclosure considered.

--- fires: a second victim's case
select pair('k', 'ann', 'bob');
select pair('l', 'eve', 'bob', '20:00');
select fires('l', '20:00', of_case => 'l', shows => 'k l', again => 'never');

--- fires: what was considered was for the first victim
select pair('k', 'ann', 'bob', '-300 20:00');
select ask_disclosure('d1', 'bob', 'ann', '-200 12:00');
select pair('l', 'eve', 'bob', '20:00');
select fires('l', '20:00');

--- silent: two cases of one victim; a suspect of one; nobody known
select pair('k', 'ann', 'bob');
select pair('l', 'ann', 'bob');
select pair('m', 'eve');
select silent('k', '20:00', again => 'never'), silent('m', '20:00', again => 'never');

--- silent: considered for her, or in her case for somebody who can protect her
select pair('k', 'ann', 'bob');
select pair('l', 'eve', 'bob');
select pair('m', 'fay', 'bob');
select ask_disclosure('d1', 'bob', 'eve', '-2 12:00');
select ask_disclosure('d2', 'bob', null, '-2 12:00', '{"recipient_kind": "third_party", "third_party": "Her mother.", "case_id": "m"}');
select silent('l', '20:00', again => 'never'), silent('m', '20:00', again => 'never');

--- boundary: the suspect is identified, and a disclosure is considered
select pair('k', 'ann', 'bob');
select pair('l', 'eve', 'bob', '18:00');
select ask_disclosure('d1', 'bob', 'eve', '20:00');
select fires('l', '19:59:59');
select silent('l', '20:00');

--- boundary: the other case is recorded later
select pair('k', 'ann', 'bob', '-5 20:00');
select pair('l', 'eve', 'bob', '20:00');
select silent('k', '19:59:59');
select fires('k', '20:00', shows => 'k l');

--- boundary: as many victims as the setting says
select pair('k', 'ann', 'bob');
select pair('l', 'eve', 'bob');
select pair('m', 'fay', 'bob');
select fires('k', '20:00', settings => '{"victims": 3}');
select silent('k', '20:00', settings => '{"victims": 4}');

--- boundary: a setting that one victim is enough for
select pair('k', 'ann', 'bob');
select silent('k', '20:00');
select fires('k', '20:00', shows => 'k', settings => '{"victims": 1}');
