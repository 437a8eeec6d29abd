-- A case with more of everything than evidence may hold, and every detector on all of it: none shows more than twenty records.
set search_path = scene, public;
begin;
select open('crowd', 'fires', 'more of everything than evidence may hold');
select pair('k', 'ann', 'bob');
select contact('c' || n, '-' || n || ' 20:00', 'k',
               '{"phone": "07700 900001", "address": {"uprn": "100070000001"}, "response_grade": "scheduled", "suspect_present": "yes",
                 "order_in_force": "yes", "cut_off": true, "caller": "silent"}')
from   generate_series(60, 0, -1) n;
select contact('n' || n, '20:00', 'k', '{"phone": "07700 900001", "address": {"uprn": "100070000001"}}') from generate_series(1, 40) n;
select involve('n' || n, 'ann', 'victim', '20:00'), involve('n' || n, 'bob', 'suspect', '20:00'), involve('c' || n, 'ann', 'victim', '20:00')
from   generate_series(1, 40) n;
select contact('u' || n, '19:00', columns => '{"phone": "07700 900001", "address": {"uprn": "100070000001"}}') from generate_series(1, 40) n;
select pair('k' || n, 'victim' || n, 'bob') from generate_series(1, 30) n;
select assess('a' || n, 'k', '-' || n || ' 21:00', 'strangulation threats_to_kill weapons separation control injury_now low_or_suicidal',
              contact => 'c' || n, not_asked => 'stalking') from generate_series(30, 0, -1) n;
select regrade('g' || n, 'c0', (array['priority', 'scheduled'])[1 + n % 2], '20:0' || n % 10) from generate_series(1, 40) n;
select protect('o' || n, 'k', 'non_molestation', 'active', '-100 12:00'), breach('b' || n, 'o' || n, '-2 12:00') from generate_series(1, 30) n;
select refer('r' || n, 'k', 'idva', '-5 12:00') from generate_series(1, 30) n;
select visit_by_video('v' || n, 'c0', 'ended', '21:00', '{"offender_absent": false}') from generate_series(1, 30) n;
select finish('f' || n, 'c0', '21:00', '{"victim_spoken_to": false}') from generate_series(1, 30) n;
do $$
declare
  result record;
begin
  perform set_now(moment('+10 12:00')), set_config('role', 'secondlook_detector', true);
  for result in select d.* from (values ('contact', 'c0'), ('contact', 'c30'), ('contact', 'n40'), ('contact', 'u1'), ('case', 'k'), ('case', 'k1')) s (kind, subject),
                call_detectors(array[(s.kind, md5('scene ' || s.subject)::uuid, domain_now())::subject_at], detector_limits()) d loop
    if jsonb_array_length(result.evidence -> 'records') > 20 then
      raise exception '%: % records of evidence', result.detector_id, jsonb_array_length(result.evidence -> 'records');
    end if;
  end loop;
end $$;
select 'ok   crowd: no detector shows more than twenty records';
rollback;
