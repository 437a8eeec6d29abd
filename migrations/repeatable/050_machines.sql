-- Every legal move of every state machine: what the database refuses, the contract lists and a refusal offers instead.

insert into machine_move (machine, "from", "to", roles, reason_required) values
('referral', 'draft',        'sent',             '{specialist,supervisor,system_client}', false),
('referral', 'sent',         'acknowledged',     '{specialist,supervisor}', false),
('referral', 'acknowledged', 'accepted',         '{specialist,supervisor}', false),
('referral', 'acknowledged', 'declined',         '{specialist,supervisor}', true),
('referral', 'acknowledged', 'returned',         '{specialist,supervisor}', true),
('referral', 'sent',         'declined',         '{specialist,supervisor}', true),
('referral', 'returned',     'sent',             '{specialist,supervisor}', false),
('referral', 'accepted',     'outcome_recorded', '{specialist,supervisor}', false),
('referral', 'declined',     'closed',           '{specialist,supervisor}', false),
('referral', 'draft',        'withdrawn',        '{specialist,supervisor}', true),
('referral', 'sent',         'withdrawn',        '{specialist,supervisor}', true),
('referral', 'acknowledged', 'withdrawn',        '{specialist,supervisor}', true),
('referral', 'accepted',     'withdrawn',        '{specialist,supervisor}', true),
('referral', 'returned',     'withdrawn',        '{specialist,supervisor}', true)
on conflict (machine, "from", "to") do update set roles = excluded.roles, reason_required = excluded.reason_required
where (machine_move.roles, machine_move.reason_required) is distinct from (excluded.roles, excluded.reason_required);

-- A system that reports an order already made takes it through the states up to where it stands, hence its role there.
insert into machine_move (machine, "from", "to", roles, reason_required) values
('protection_order', 'considered', 'applied',     '{specialist,supervisor,system_client}', false),
('protection_order', 'considered', 'not_pursued', '{specialist,supervisor}', true),
('protection_order', 'applied',    'granted',     '{specialist,supervisor,system_client}', false),
('protection_order', 'applied',    'refused',     '{specialist,supervisor}', false),
('protection_order', 'granted',    'active',      '{specialist,supervisor,system_client}', false),
('protection_order', 'active',     'varied',      '{specialist,supervisor}', false),
('protection_order', 'varied',     'active',      '{specialist,supervisor}', false),
('protection_order', 'active',     'discharged',  '{specialist,supervisor}', true),
('protection_order', 'active',     'expired',     '{specialist,supervisor}', false)
on conflict (machine, "from", "to") do update set roles = excluded.roles, reason_required = excluded.reason_required
where (machine_move.roles, machine_move.reason_required) is distinct from (excluded.roles, excluded.reason_required);

insert into machine_move (machine, "from", "to", roles, reason_required) values
('protection_notice', 'considered', 'authorised',  '{specialist,supervisor,system_client}', false),
('protection_notice', 'considered', 'not_pursued', '{specialist,supervisor}', true),
('protection_notice', 'authorised', 'served',      '{specialist,supervisor,system_client}', false),
('protection_notice', 'served',     'listed',      '{specialist,supervisor}', false),
('protection_notice', 'listed',     'determined',  '{specialist,supervisor}', false)
on conflict (machine, "from", "to") do update set roles = excluded.roles, reason_required = excluded.reason_required
where (machine_move.roles, machine_move.reason_required) is distinct from (excluded.roles, excluded.reason_required);

-- A case goes back to open by the service's own hand only, when a contact is linked to it.
insert into machine_move (machine, "from", "to", roles, reason_required) values
('case', 'open',                 'in_review',            '{specialist,supervisor}', false),
('case', 'in_review',            'awaiting_information', '{specialist,supervisor}', true),
('case', 'awaiting_information', 'in_review',            '{specialist,supervisor}', false),
('case', 'in_review',            'escalated',            '{specialist,supervisor}', false),
('case', 'escalated',            'in_review',            '{specialist,supervisor}', false),
('case', 'in_review',            'reviewed',             '{specialist,supervisor}', false),
('case', 'escalated',            'reviewed',             '{specialist,supervisor}', false),
('case', 'reviewed',             'closed',               '{specialist,supervisor}', true),
('case', 'reviewed',             'open',                 '{}', false),
('case', 'closed',               'open',                 '{}', false)
on conflict (machine, "from", "to") do update set roles = excluded.roles, reason_required = excluded.reason_required
where (machine_move.roles, machine_move.reason_required) is distinct from (excluded.roles, excluded.reason_required);

-- A claim that is over, or given back, waits again; only the queue itself makes items.
insert into machine_move (machine, "from", "to", roles, reason_required) values
('review_item', 'waiting', 'claimed', '{specialist,supervisor}', false),
('review_item', 'claimed', 'waiting', '{specialist,supervisor}', false),
('review_item', 'claimed', 'done',    '{specialist,supervisor}', false)
on conflict (machine, "from", "to") do update set roles = excluded.roles, reason_required = excluded.reason_required
where (machine_move.roles, machine_move.reason_required) is distinct from (excluded.roles, excluded.reason_required);

insert into machine_move (machine, "from", "to", roles, reason_required) values
('alert', 'open', 'confirmed', '{specialist,supervisor}', false),
('alert', 'open', 'dismissed', '{specialist,supervisor}', true)
on conflict (machine, "from", "to") do update set roles = excluded.roles, reason_required = excluded.reason_required
where (machine_move.roles, machine_move.reason_required) is distinct from (excluded.roles, excluded.reason_required);
