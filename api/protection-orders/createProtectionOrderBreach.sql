-- Records that an order was breached and what was done; kept even when nothing was, and then it says so.
insert into protection_order_breach (force_id, breach_id, order_id, case_id, contact_id, description, action, action_at, action_note,
                                     occurred_at, compliant, faults)
select o.force_id, :newId::uuid, o.order_id, o.case_id, known_contact(:contactId::uuid, '/contactId'), :description, :action,
       :actionAt::timestamptz, :actionNote, :occurredAt::timestamptz, f = '[]', f
from   protection_order o, breach_faults(o.order_id, :action, :actionAt::timestamptz, :occurredAt::timestamptz) f
where  o.force_id = :force and o.order_id = seen_order(:orderId);

select b.breach_id, b.order_id, b.case_id, b.contact_id, b.description, b.action, b.action_at, b.action_note, b.actions, b.acted_at,
       b.occurred_at, b.compliant, b.faults, b.recorded_by, b.recorded_at, b.version, b.version as "@etag"
from   protection_order_breach_shown b
where  b.force_id = :force and b.breach_id = :newId
