-- unlinked: the same person, telephone or address in another contact, and no link.

--- fires: the same telephone as in a contact of a case
select pair('k', 'ann', 'bob');
select contact('c1', '-100 20:00', 'k', '{"phone": "07700 900001"}');
select contact('c2', '20:00', columns => '{"phone": "+447700900001"}');
select fires('c2', '20:30', of_case => 'k', contact => 'c2', shows => 'c1 c2', again => 'never');

--- fires: the same address, neither in a case
select contact('c1', '-100 20:00', columns => '{"address": {"uprn": "100070000001"}}');
select contact('c2', '20:00', columns => '{"address": {"uprn": "100070000001"}}');
select fires('c2', '20:30', of_case => '-', contact => 'c2', shows => 'c1 c2');

--- fires: the same person, and only the later contact is in a case
select pair('k', 'ann', 'bob');
select contact('c1', '-100 20:00');
select involve('c1', 'bob', 'suspect', '-100 20:00');
select contact('c2', '20:00', 'k');
select involve('c2', 'bob', 'suspect', '20:00');
select fires('c2', '20:30', of_case => 'k', contact => 'c2', shows => 'c1 c2');

--- fires: two contacts of two cases with one suspect
select pair('k', 'ann', 'bob');
select pair('l', 'cath', 'bob');
select contact('c1', '-100 20:00', 'k');
select involve('c1', 'bob', 'suspect', '-100 20:00');
select contact('c2', '20:00', 'l');
select involve('c2', 'bob', 'suspect', '20:00');
select fires('c2', '20:30', of_case => 'k', shows => 'c1 c2');

--- silent: linked to the same case
select pair('k', 'ann', 'bob');
select contact('c1', '-100 20:00', 'k', '{"phone": "07700 900001"}');
select contact('c2', '20:00', 'k', '{"phone": "07700 900001"}');
select silent('c2', '20:30', again => 'never');

--- silent: nothing in common
select contact('c1', '-100 20:00', columns => '{"phone": "07700 900001"}');
select contact('c2', '20:00', columns => '{"phone": "07700 900002"}');
select silent('c2', '20:30', again => 'never');

--- silent: the same witness, or the number of a service that calls for many
select contact('c1', '-100 20:00', columns => '{"phone": "07700 900001"}');
select contact('c2', '20:00', columns => '{"phone": "07700 900001", "caller": "agency", "channel": "agency"}');
select involve('c1', 'wil', 'witness', '-100 20:00');
select involve('c2', 'wil', 'witness', '20:00');
select silent('c2', '20:30', again => 'never');

--- boundary: half an hour to link it
select contact('c1', '-100 20:00', columns => '{"phone": "07700 900001"}');
select contact('c2', '20:00', columns => '{"phone": "07700 900001"}');
select silent('c2', '20:29:59', again => '20:30');
select fires('c2', '20:30');

--- boundary: 365 days back
select contact('c1', '-365 20:00', columns => '{"phone": "07700 900001"}');
select contact('c2', '20:00', columns => '{"phone": "07700 900001"}');
select fires('c2', '20:30');
select contact('c3', '-365 20:00', columns => '{"phone": "07700 900003"}');
select contact('c4', '20:00:01', columns => '{"phone": "07700 900003"}');
select silent('c4', '20:31');

--- boundary: a number in more contacts than the setting says tells nothing
select contact('c1', '-3 20:00', columns => '{"phone": "07700 900001"}');
select contact('c2', '-2 20:00', columns => '{"phone": "07700 900001"}');
select contact('c3', '20:00', columns => '{"phone": "07700 900001"}');
select fires('c3', '20:30', shows => 'c1 c2 c3', settings => '{"shared_by_many": 2}');
select silent('c3', '20:30', settings => '{"shared_by_many": 1}');

--- boundary: who is in it, the link, and the other contact itself are recorded late
select pair('k', 'ann', 'bob');
select contact('c1', '-9 20:00', columns => '{"phone": "07700 900001"}', recorded => '22:00');
select contact('c2', '20:00', columns => '{"phone": "07700 900001"}');
select silent('c2', '21:59:59');
select fires('c2', '22:00', of_case => '-', shows => 'c1 c2');
select link('c1', 'k', '22:30');
select fires('c2', '22:29:59', of_case => '-');
select fires('c2', '22:30', of_case => 'k');
select link('c2', 'k', '23:00');
select fires('c2', '22:59:59', of_case => 'k');
select silent('c2', '23:00');
select contact('c3', '-9 20:00');
select contact('c4', '20:00');
select involve('c3', 'eve', 'child', '-9 20:00');
select involve('c4', 'eve', 'child', '22:00');
select silent('c4', '21:59:59');
select fires('c4', '22:00', shows => 'c3 c4');

--- boundary: an address 365 days back, and a person
select contact('c1', '-365 20:00', columns => '{"address": {"uprn": "100070000001"}}');
select contact('c2', '20:00', columns => '{"address": {"uprn": "100070000001"}}');
select contact('c3', '20:00:01', columns => '{"address": {"uprn": "100070000002"}}');
select contact('c4', '-365 20:00', columns => '{"address": {"uprn": "100070000002"}}');
select fires('c2', '20:31', shows => 'c1 c2');
select silent('c3', '20:31');
select contact('c5', '-365 20:00');
select involve('c5', 'eve', 'victim', '-365 20:00');
select contact('c6', '20:00');
select involve('c6', 'eve', 'victim', '20:00');
select contact('c7', '20:00:01');
select involve('c7', 'fay', 'victim', '20:00:01');
select contact('c8', '-365 20:00');
select involve('c8', 'fay', 'victim', '-365 20:00');
select fires('c6', '20:31', shows => 'c5 c6');
select silent('c7', '20:31');

--- boundary: the other contact is linked late, and then the link is taken back
select pair('k', 'ann', 'bob');
select contact('c1', '-2 20:00', columns => '{"phone": "07700 900001"}'), link('c1', 'k', '23:00');
select contact('c2', '20:00', 'k', '{"phone": "07700 900001"}');
select fires('c2', '22:59:59', of_case => 'k', shows => 'c1 c2');
select silent('c2', '23:00');
select change('contact_case', 'c1-k', '23:30', '{"active": false}');
select fires('c2', '23:30', of_case => 'k', shows => 'c1 c2');

--- boundary: an address in twenty earlier contacts, and in one more
select contact('c' || n, '-' || n || ' 20:00', columns => '{"address": {"uprn": "100070000001"}}') from generate_series(20, 1, -1) n;
select contact('d1', '19:00', columns => '{"address": {"uprn": "100070000001"}}'), contact('d2', '20:00', columns => '{"address": {"uprn": "100070000001"}}');
select fires('d1', '21:00');
select silent('d2', '21:00');

--- fires: told of this one's case, for the other's link was taken back
select pair('k', 'ann', 'bob');
select pair('l', 'eve', 'dan');
select contact('c1', '-2 20:00', 'l', '{"phone": "07700 900001"}'), change('contact_case', 'c1-l', '-1 20:00', '{"active": false}');
select contact('c2', '20:00', 'k', '{"phone": "07700 900001"}');
select fires('c2', '21:00', of_case => 'k', shows => 'c1 c2');
