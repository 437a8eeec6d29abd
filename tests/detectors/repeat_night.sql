-- repeat_night: two contacts of one case, telephone or address within 24 hours to which nobody has come.

--- fires: a second call about the same case in one night, and nobody has come
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', 'k');
select contact('c2', '23:00', 'k');
select fires('c2', '23:00', of_case => 'k', contact => 'c2', shows => 'c1 c2', again => 'never');

--- fires: the same telephone, and no case yet
select contact('c1', '20:00', columns => '{"phone": "07700 900001"}');
select contact('c2', '21:00', columns => '{"phone": "+44 7700 900001"}');
select fires('c2', '21:00', of_case => '-', contact => 'c2', shows => 'c1 c2');

--- fires: the same address, and a case that only the second call is linked to
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', columns => '{"address": {"uprn": "100070000001"}}');
select contact('c2', '21:00', 'k', '{"address": {"uprn": "100070000001"}}');
select fires('c2', '21:00', of_case => 'k', shows => 'c1 c2');

--- silent: somebody came to the first call
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', 'k');
select attend('t1', 'c1', '20:30');
select contact('c2', '23:00', 'k');
select silent('c2', '23:00');

--- silent: one call alone
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', 'k');
select silent('c1', '20:00');

--- silent: the other call is another pair's, from elsewhere
select pair('k', 'ann', 'bob');
select pair('l', 'cath', 'dan');
select contact('c1', '20:00', 'l', '{"phone": "07700 900001"}');
select contact('c2', '21:00', 'k', '{"phone": "07700 900002"}');
select silent('c2', '21:00');

--- boundary: a second less than 24 hours apart, and 24 hours
select pair('k', 'ann', 'bob');
select contact('c1', '-1 20:00:01', 'k');
select contact('c2', '20:00', 'k');
select contact('c3', '20:00:01', 'k');
select attend('t2', 'c2', '20:00', recorded => '22:00');
select fires('c2', '20:00', shows => 'c1 c2');
select silent('c3', '22:00');

--- boundary: that somebody came is recorded late
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', 'k');
select attend('t1', 'c1', '20:10', recorded => '22:00');
select contact('c2', '21:00', 'k');
select fires('c2', '21:59:59');
select silent('c2', '22:00');

--- fires: two calls come at once, and the earlier is looked at last
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', 'k');
select contact('c2', '20:00:01', 'k');
select fires('c1', '20:00:02', of_case => 'k', contact => 'c2', shows => 'c1 c2');

--- boundary: as many contacts as the setting says
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', 'k');
select contact('c2', '21:00', 'k');
select contact('c3', '22:00', 'k');
select silent('c2', '21:59:59', settings => '{"contacts": 3}');
select fires('c3', '22:00', settings => '{"contacts": 3}');

--- boundary: the earlier contact, and its link, are recorded late
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', recorded => '22:00');
select contact('c2', '21:00', 'k', recorded => '21:30');
select link('c1', 'k', '22:30');
select silent('c2', '22:29:59');
select fires('c2', '22:30', shows => 'c1 c2');
select contact('c3', '20:00', columns => '{"phone": "07700 900001"}', recorded => '22:00');
select contact('c4', '21:00', columns => '{"phone": "07700 900001"}');
select silent('c4', '21:59:59');
select fires('c4', '22:00', shows => 'c3 c4');

--- boundary: the same telephone, and the same address, 24 hours apart
select contact('c1', '-1 20:00:01', columns => '{"phone": "07700 900001"}');
select contact('c2', '20:00', columns => '{"phone": "07700 900001"}');
select contact('c3', '-1 20:00', columns => '{"address": {"uprn": "100070000001"}}');
select contact('c4', '20:00', columns => '{"address": {"uprn": "100070000001"}}');
select contact('c5', '-1 20:00', columns => '{"phone": "07700 900002"}');
select contact('c6', '20:00', columns => '{"phone": "07700 900002"}');
select fires('c2', '20:00', shows => 'c1 c2');
select silent('c4', '20:00');
select silent('c6', '20:00');

--- fires: somebody came to the one that is looked at, and to two others nobody
select pair('k', 'ann', 'bob');
select contact('c1', '19:00', 'k'), attend('t1', 'c1', '19:30');
select contact('c2', '20:00', 'k'), contact('c3', '21:00', 'k');
select fires('c1', '21:00', contact => 'c3', shows => 'c2 c3');
