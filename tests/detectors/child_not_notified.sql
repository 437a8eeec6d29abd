-- child_not_notified: a child in the household, and no school told before the next school day begins (08:30 by the clocks of London).

--- fires: a caller says that children are there
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', 'k', '{"children_present": "yes"}');
select fires('k', '+1 12:00', of_case => 'k', contact => 'c1', shows => 'c1', again => 'never');

--- fires: an answer of last month speaks of children
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-30 20:00', 'children_hurt');
select contact('c1', '20:00', 'k');
select fires('k', '+1 12:00', shows => 'c1');

--- fires: one of two children was forgotten, and of another contact nobody told
select pair('k', 'ann', 'bob');
select person('tim'), person('una');
select put('case_person', 'p1', '-9 12:00', null, '{"case_id": "k", "person_id": "tim", "role": "child"}');
select put('case_person', 'p2', '-9 12:00', null, '{"case_id": "k", "person_id": "una", "role": "child"}');
select contact('c1', '-4 20:00', 'k'), tell_school('s1', 'tim', 'k', '-4 21:00'), tell_school('s2', 'una', 'k', '-4 21:00');
select contact('c2', '-3 20:00', 'k'), tell_school('s3', 'tim', 'k', '-3 21:00');
select contact('c3', '-1 20:00', 'k');
select fires('k', '12:00', contact => 'c3', shows => 'c2 c3');

--- fires: nobody answered at the school
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', 'k'), involve('c1', 'tim', 'child', '20:00');
select tell_school('s1', 'tim', null, '21:00', '{"contact_id": "c1", "outcome": "no_answer"}');
select fires('k', '+1 12:00', shows => 'c1');

--- silent: told of this contact, or of the case since
select pair('k', 'ann', 'bob');
select contact('c1', '-1 20:00', 'k'), involve('c1', 'tim', 'child', '-1 20:00'), contact('c2', '20:00', 'k', '{"children_present": "yes"}');
select tell_school('s1', 'tim', null, '-1 21:00', '{"contact_id": "c1"}'), tell_school('s2', 'tim', 'k', '20:00');
select silent('k', '+1 12:00', again => 'never');

--- silent: no child is known of; the son is grown up
select pair('k', 'ann', 'bob');
select pair('l', 'eve', 'dan');
select contact('c1', '20:00', 'k', '{"children_present": "no"}');
select contact('d1', '20:00', 'l'), person('kit', '{"date_of_birth": "2012-05-08"}'), involve('d1', 'kit', 'child', '20:00');
select silent('k', '+1 12:00', again => 'never'), silent('l', '+1 12:00', again => 'never');

--- boundary: the school day begins
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', 'k', '{"children_present": "yes"}');
select silent('k', '20:00', again => '+1 07:30');
select silent('k', '+1 07:29:59', again => '+1 07:30');
select fires('k', '+1 07:30', again => 'never');

--- boundary: over a weekend
select pair('k', 'ann', 'bob');
select contact('c1', '+3 20:00', 'k', '{"children_present": "yes"}'), contact('c2', '+4 20:00', 'k', '{"children_present": "yes"}');
select silent('k', '+6 07:29:59', again => '+6 07:30');
select fires('k', '+6 07:30', shows => 'c1 c2');

--- boundary: one is overdue, another not yet
select pair('k', 'ann', 'bob');
select contact('c1', '-1 20:00', 'k', '{"children_present": "yes"}'), contact('c2', '20:00', 'k', '{"children_present": "yes"}');
select silent('k', '07:29:59', again => '07:30');
select fires('k', '20:00', shows => 'c1', again => '+1 07:30');

--- boundary: the notification is recorded late
select pair('k', 'ann', 'bob');
select contact('c1', '-1 20:00', 'k', '{"children_present": "yes"}');
select tell_school('s1', 'tim', 'k', '-1 21:00', recorded => '12:00');
select fires('k', '11:59:59');
select silent('k', '12:00');

--- silent: children of other cases, a child who is a witness only, one taken out of the case
select pair('k', 'ann', 'bob');
select pair('l', 'eve', 'dan');
select person('tim'), person('una'), person('wes');
select put('case_person', 'p1', '-9 12:00', null, '{"case_id": "l", "person_id": "tim", "role": "child"}');
select put('case_person', 'p2', '-9 12:00', null, '{"case_id": "k", "person_id": "una", "role": "witness"}');
select put('case_person', 'p3', '-9 12:00', null, '{"case_id": "k", "person_id": "wes", "role": "child"}'), change('case_person', 'p3', '-8 12:00', '{"active": false}');
select contact('d1', '20:00', 'l', '{"children_present": "yes"}'), involve('d1', 'tim', 'child', '20:00');
select contact('c1', '20:00', 'k'), involve('c1', 'tim', 'witness', '20:00');
select silent('k', '+1 12:00', again => 'never');

--- silent: the link was taken back
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', 'k', '{"children_present": "yes"}'), change('contact_case', 'c1-k', '21:00', '{"active": false}');
select silent('k', '+1 12:00', again => 'never');

--- boundary: the child is named in the case late, and in the contact late
select pair('k', 'ann', 'bob');
select pair('l', 'eve', 'dan');
select person('tim'), contact('c1', '-1 20:00', 'k'), contact('d1', '-1 20:00', 'l');
select put('case_person', 'p1', '-9 12:00', '12:00', '{"case_id": "k", "person_id": "tim", "role": "child"}');
select involve('d1', 'tim', 'child', '12:00');
select silent('k', '11:59:59', again => 'never'), silent('l', '11:59:59', again => 'never');
select fires('k', '12:00', shows => 'c1'), fires('l', '12:00', shows => 'd1');

--- boundary: the notification of the contact is recorded late, the link too
select pair('k', 'ann', 'bob');
select contact('c1', '-1 20:00', columns => '{"children_present": "yes"}'), link('c1', 'k', '10:00');
select tell_school('s1', 'tim', null, '-1 21:00', '{"contact_id": "c1"}', recorded => '12:00');
select silent('k', '09:59:59', again => 'never');
select fires('k', '10:00'), fires('k', '11:59:59');
select silent('k', '12:00');

--- boundary: fourteen days; the contact as the school day begins
select pair('k', 'ann', 'bob');
select contact('c1', '-7 07:30', 'k', '{"children_present": "yes"}');
select silent('k', '-6 07:29:59', again => '-6 07:30');
select fires('k', '+7 07:29:59', again => 'never');
select silent('k', '+7 07:30', again => 'never');

--- boundary: two days' contacts, each with its own school day
select pair('k', 'ann', 'bob');
select contact('c1', '-1 20:00', 'k', '{"children_present": "yes"}'), contact('c2', '07:30', 'k', '{"children_present": "yes"}');
select silent('k', '07:29:59');
select fires('k', '07:30', shows => 'c1', again => '+1 07:30');

--- boundary: a contact of another case of the same pair is told of that case, and its answers are that case's
select pair('k', 'ann', 'bob');
select pair('l', 'ann', 'bob');
select assess('b1', 'l', '-30 20:00', 'children_hurt');
select contact('c1', '20:00', 'k'), contact('d1', '20:10', 'l');
select silent('k', '+1 12:00', again => 'never');
select fires('l', '+1 12:00', shows => 'd1');
