-- Records that a call was listened to. What broke a rule is stored all the same, with its faults.
insert into call_listening (force_id, listening_id, contact_id, handler, manner, themes, notes, occurred_at, compliant, faults)
select :force, :newId::uuid, :contactId::uuid, :handler, :manner, array(select jsonb_array_elements_text(:themes::jsonb)), :notes,
       coalesce(:occurredAt::timestamptz, domain_now()), f = '[]', f
from   listening_faults(:contactId::uuid, :handler, :occurredAt::timestamptz) f;

select l.listening_id, l.contact_id, l.handler, l.manner, to_jsonb(l.themes) as themes, l.notes, l.occurred_at, l.compliant, l.faults,
       l.recorded_by, l.recorded_at, l.version,
       l.version as "@etag"
from   call_listening l
where  l.force_id = :force and l.listening_id = :newId
