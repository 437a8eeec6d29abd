-- silent_call_match: a silent or abandoned call from a number known to a case.

--- fires: the victim's own number, and nobody speaks
select person('ann', '{"phones": ["07700 900001"]}');
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', columns => '{"phone": "+447700900001", "caller": "silent"}');
select fires('c1', '20:00', of_case => 'k', contact => 'c1', shows => 'ann c1', again => 'never');

--- fires: abandoned, from the number of an earlier contact of a case
select pair('k', 'ann', 'bob');
select contact('c1', '-100 20:00', 'k', '{"phone": "07700 900001"}');
select contact('c2', '20:00', columns => '{"phone": "07700 900001", "cut_off": true}');
select fires('c2', '20:00', of_case => 'k', shows => 'c1 c2');

--- fires: a child's number, and that of the suspect, who has two victims
select person('eve', '{"phones": ["07700 900001"]}');
select person('bob', '{"phones": ["07700 900002"]}');
select pair('k', 'ann', 'bob');
select pair('l', 'cath', 'bob');
select put('case_person', 'n1', '-10 12:00', null, '{"case_id": "k", "person_id": "eve", "role": "child"}');
select contact('c1', '20:00', columns => '{"phone": "07700 900001", "caller": "silent"}');
select contact('c2', '20:00', columns => '{"phone": "07700 900002", "caller": "silent"}');
select fires('c1', '20:00', of_case => 'k', shows => 'c1 eve');
select fires('c2', '20:00', of_case => 'k', shows => 'bob c2');
select fires('c2', '20:00', of_case => 'l', shows => 'bob c2');

--- silent: she speaks
select person('ann', '{"phones": ["07700 900001"]}');
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', columns => '{"phone": "07700 900001"}');
select silent('c1', '20:00', again => 'never');

--- silent: a number that no case knows, or none
select person('ann', '{"phones": ["07700 900001"]}');
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', columns => '{"phone": "07700 900002", "caller": "silent"}');
select contact('c2', '20:00', columns => '{"caller": "silent"}');
select silent('c1', '20:00');
select silent('c2', '20:00');

--- silent: an earlier contact with that number is in no case
select contact('c1', '-100 20:00', columns => '{"phone": "07700 900001"}');
select contact('c2', '20:00', columns => '{"phone": "07700 900001", "caller": "silent"}');
select silent('c2', '20:00');

--- boundary: an earlier contact as far back as the setting says
select pair('k', 'ann', 'bob');
select contact('c1', '-730 20:00', 'k', '{"phone": "07700 900001"}');
select contact('c2', '20:00', columns => '{"phone": "07700 900001", "caller": "silent"}');
select fires('c2', '20:01', shows => 'c1 c2');
select pair('l', 'cath', 'dan');
select contact('c3', '-730 20:00', 'l', '{"phone": "07700 900002"}');
select contact('c4', '20:00:01', columns => '{"phone": "07700 900002", "caller": "silent"}');
select silent('c4', '20:01');

--- boundary: a case that is opened only afterwards
select person('ann', '{"phones": ["07700 900001"]}');
select contact('c1', '20:00', columns => '{"phone": "07700 900001", "caller": "silent"}');
select pair('k', 'ann', 'bob', '22:00');
select silent('c1', '21:59:59');
select fires('c1', '22:00', of_case => 'k');

--- boundary: what is known of the number is recorded late
select person('ann', '{"phones": ["07700 900001"]}', recorded => '22:00');
select person('bob', '{"phones": ["07700 900002"]}');
select person('eve', '{"phones": ["07700 900003"]}');
select pair('k', 'ann', 'dan', '19:00');
select pair('l', 'cath', 'bob', '22:00');
select pair('m', 'fay', 'gus');
select put('case_person', 'n1', '22:00', null, '{"case_id": "m", "person_id": "eve", "role": "child"}');
select contact('e1', '-9 20:00', 'm', '{"phone": "07700 900004"}', recorded => '22:00');
select contact('c1', '20:00', columns => '{"phone": "07700 900001", "caller": "silent"}');
select contact('c2', '20:00', columns => '{"phone": "07700 900002", "caller": "silent"}');
select contact('c3', '20:00', columns => '{"phone": "07700 900003", "caller": "silent"}');
select contact('c4', '20:00', columns => '{"phone": "07700 900004", "caller": "silent"}');
select silent('c1', '21:59:59');
select silent('c2', '21:59:59');
select silent('c3', '21:59:59');
select silent('c4', '21:59:59');
select fires('c1', '22:00', of_case => 'k');
select fires('c2', '22:00', of_case => 'l');
select fires('c3', '22:00', of_case => 'm', shows => 'c3 eve');
select fires('c4', '22:00', of_case => 'm', shows => 'c4 e1');
