-- suicide_risk: very low or suicidal, and no referral to health or an advocate.

--- fires: answered yes
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '20:00', 'low_or_suicidal');
select fires('k', '20:00', of_case => 'k', shows => 'a1', again => 'never');

--- fires: said on the telephone
select pair('k', 'ann', 'bob');
select contact('c1', '20:00', 'k', '{"fresh_risk": "Says she will take an OVERDOSE tonight."}');
select fires('k', '20:00', contact => 'c1', shows => 'c1');

--- fires: what there was was a referral to a conference, or was over before
select pair('k', 'ann', 'bob');
select refer('r1', 'k', 'marac', '-2 12:00');
select refer('r2', 'k', 'health', '-90 12:00'), move('referral', 'r2', 'declined', '-80 12:00');
select assess('a1', 'k', '20:00', 'low_or_suicidal');
select fires('k', '20:00', shows => 'a1');

--- silent: nobody said so
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '20:00', 'frightened abuser_suicide', 'high');
select contact('c1', '20:00', 'k', '{"narrative": "He has left, she is frightened."}');
select silent('k', '20:00', again => 'never');

--- silent: an advocate has her already, through another of her cases
select pair('k', 'ann', 'bob');
select pair('l', 'ann', 'carl');
select refer('r1', 'l', 'idva', '-9 12:00');
select assess('a1', 'k', '20:00', 'low_or_suicidal');
select silent('k', '20:00', again => 'never');

--- boundary: referred, also when that ended since
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-9 20:00', 'low_or_suicidal');
select refer('r1', 'k', 'health', '-8 20:00'), move('referral', 'r1', 'acknowledged', '-6 20:00'), move('referral', 'r1', 'declined', '-5 20:00');
select fires('k', '-8 19:59:59');
select silent('k', '-8 20:00'), silent('k', '20:00');

--- boundary: the hours of the setting
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '20:00', 'low_or_suicidal');
select silent('k', '+1 19:59:59', again => '+1 20:00', settings => '{"hours": 24}');
select fires('k', '+1 20:00', settings => '{"hours": 24}');

--- boundary: entered late, and 365 days ago
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-364 20:00', 'low_or_suicidal', recorded => '09:00');
select silent('k', '08:59:59');
select fires('k', '09:00'), fires('k', '+1 19:59:59');
select silent('k', '+1 20:00');

--- silent: another woman's referral is none of hers, and another's words are not hers
select pair('k', 'ann', 'bob');
select pair('l', 'eve', 'dan');
select contact('d1', '20:00', 'l', '{"narrative": "She spoke of suicide."}');
select contact('c1', '20:00', 'k'), contact('c2', '20:00', 'k', '{"narrative": "She spoke of suicide."}'), change('contact_case', 'c2-k', '20:30', '{"active": false}');
select silent('k', '21:00', again => 'never');

--- boundary: another woman's referral is none of hers; of two of hers the one that still runs counts
select pair('k', 'ann', 'bob');
select pair('l', 'eve', 'bob');
select refer('s1', 'l', 'health', '-20 12:00');
select refer('r1', 'k', 'health', '-9 12:00'), refer('r2', 'k', 'idva', '-9 12:00'), move('referral', 'r1', 'declined', '-8 12:00');
select assess('a0', 'k', '-5 20:00', 'low_or_suicidal');
select move('referral', 'r2', 'declined', '-3 20:00');
select assess('a1', 'k', '-3 20:00:01', 'low_or_suicidal'), assess('a2', 'k', '-2 20:00', 'low_or_suicidal');
select silent('k', '-3 20:00');
select fires('k', '20:00', shows => 'a1 a2');
select silent('k', '-2 20:00', again => '-1 20:00:01', settings => '{"hours": 48}');

--- boundary: what was said is linked late, and 365 days ago
select pair('k', 'ann', 'bob');
select contact('c1', '-364 20:00', columns => '{"narrative": "Self-harm last week."}'), link('c1', 'k', '10:00');
select silent('k', '09:59:59');
select fires('k', '10:00', shows => 'c1'), fires('k', '+1 19:59:59');
select silent('k', '+1 20:00');

--- fires: answered in another case of the same pair, but what is said there is told of that case
select pair('k', 'ann', 'bob');
select pair('l', 'ann', 'bob');
select assess('b1', 'l', '19:00', 'low_or_suicidal');
select contact('c1', '20:00', 'l', '{"narrative": "She spoke of suicide."}');
select fires('k', '20:00', shows => 'b1');

--- boundary: the first of all counts for the hours, and the latest contact shows it
select pair('k', 'ann', 'bob');
select assess('a1', 'k', '-3 20:00', 'low_or_suicidal');
select contact('c1', '-2 20:00', 'k', '{"narrative": "She spoke of suicide."}'), contact('c2', '-1 20:00', 'k', '{"narrative": "She spoke of suicide."}');
select silent('k', '19:59:59', again => '20:00', settings => '{"hours": 72}');
select fires('k', '20:00', contact => 'c2', shows => 'a1 c1 c2', settings => '{"hours": 72}');
