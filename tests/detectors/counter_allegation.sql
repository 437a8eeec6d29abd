-- counter_allegation: the suspect of an earlier case now reports its victim.

--- fires: he is the victim and she the suspect of a new report
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-30 20:00', 'weapons', 'high');
select contact('c1', '20:00'), involve('c1', 'bob', 'victim', '20:00'), involve('c1', 'ann', 'suspect', '20:00');
select fires('c1', '20:00', of_case => 'k', contact => 'c1', shows => 'a1 c1 k', again => 'never');

--- fires: by the case that the report is linked to, and somebody had judged who the primary aggressor is
select pair('k', 'ann', 'bob');
select put('primary_aggressor_assessment', 'j1', '-30 21:00', null, '{"case_id": "k", "person_id": "bob", "rationale": "As told."}');
select pair('l', 'bob', 'ann', '19:00');
select contact('c1', '20:00', 'l');
select fires('c1', '20:00', of_case => 'k', shows => 'c1 j1 k');

--- silent: she reports him again
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', 'k'), involve('c1', 'ann', 'victim', '20:00'), involve('c1', 'bob', 'suspect', '20:00');
select silent('c1', '20:00', again => 'never');

--- silent: he reports somebody else; she is only a witness
select pair('k', 'ann', 'bob');
select contact('c1', '20:00'), involve('c1', 'bob', 'victim', '20:00'), involve('c1', 'eve', 'suspect', '20:00'), involve('c1', 'ann', 'witness', '20:00');
select silent('c1', '20:00');

--- boundary: the other case was opened before the report, and at its moment
select pair('k', 'ann', 'bob', '19:59:59');
select pair('l', 'eve', 'dan', '20:00');
select contact('c1', '20:00'), involve('c1', 'bob', 'victim', '20:00'), involve('c1', 'ann', 'suspect', '20:00');
select contact('d1', '20:00'), involve('d1', 'dan', 'victim', '20:00'), involve('d1', 'eve', 'suspect', '20:00');
select fires('c1', '20:00');
select silent('d1', '20:00');

--- boundary: she is named later, and the link is made later
select pair('k', 'ann', 'bob');
select pair('l', 'bob', 'ann', '19:00');
select contact('c1', '20:00'), involve('c1', 'bob', 'victim', '20:00'), involve('c1', 'ann', 'suspect', '21:00');
select contact('c2', '20:00'), link('c2', 'l', '21:00');
select silent('c1', '20:59:59'), silent('c2', '20:59:59');
select fires('c1', '21:00', of_case => 'k'), fires('c2', '21:00', of_case => 'k');

--- boundary: as many years as the setting says
select pair('k', 'ann', 'bob', '-100 20:00');
select contact('c1', '+265 20:00'), involve('c1', 'bob', 'victim', '+265 20:00'), involve('c1', 'ann', 'suspect', '+265 20:00');
select contact('c2', '+265 20:00:01'), involve('c2', 'bob', 'victim', '+265 20:00:01'), involve('c2', 'ann', 'suspect', '+265 20:00:01');
select fires('c1', '+265 20:00', settings => '{"years": 1}');
select silent('c2', '+265 20:00:01', settings => '{"years": 1}');

--- fires: the caller reports her, and nobody is named as victim
select pair('k', 'ann', 'bob');
select contact('c1', '20:00'), involve('c1', 'bob', 'caller', '20:00'), involve('c1', 'ann', 'suspect', '20:00');
select fires('c1', '20:00', of_case => 'k');

--- silent: the roles are those of other contacts, and the link was taken back
select pair('k', 'ann', 'bob');
select pair('l', 'bob', 'ann', '19:00');
select contact('c1', '20:00'), involve('c1', 'bob', 'victim', '20:00'), contact('c2', '20:00'), involve('c2', 'ann', 'suspect', '20:00');
select contact('c3', '20:00', 'l'), change('contact_case', 'c3-l', '20:10', '{"active": false}');
select silent('c1', '21:00'), silent('c2', '21:00'), silent('c3', '21:00');

--- boundary: the victim is named late, the judgement is made late, and of another case it is another's
select pair('k', 'ann', 'bob');
select pair('l', 'eve', 'dan');
select put('primary_aggressor_assessment', 'j0', '-30 21:00', null, '{"case_id": "l", "person_id": "dan", "rationale": "As told."}');
select contact('c1', '20:00'), involve('c1', 'bob', 'victim', '21:00'), involve('c1', 'ann', 'suspect', '20:00');
select put('primary_aggressor_assessment', 'j1', '-30 21:00', '22:00', '{"case_id": "k", "person_id": "bob", "rationale": "As told."}');
select silent('c1', '20:59:59');
select fires('c1', '21:59:59', shows => 'c1 k');
select fires('c1', '22:00', shows => 'c1 j1 k');

--- boundary: the report is recorded late, and the earlier case later still
select pair('k', 'ann', 'bob');
select contact('c1', '-1 20:00', recorded => '10:00'), involve('c1', 'bob', 'victim', '09:00'), involve('c1', 'ann', 'suspect', '09:00');
select silent('c1', '09:59:59');
select fires('c1', '10:00');

--- boundary: the earlier case itself is recorded late
select person('ann'), person('bob');
select put('case_file', 'k', '-30 12:00', '21:00', '{"victim_id": "ann", "perpetrator_id": "bob"}');
select contact('c1', '20:00'), involve('c1', 'bob', 'victim', '20:00'), involve('c1', 'ann', 'suspect', '20:00');
select silent('c1', '20:59:59');
select fires('c1', '21:00', of_case => 'k');
