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
('missed_opportunity', 'detected',           'confirmed',          '{specialist,supervisor}', false),
('missed_opportunity', 'detected',           'dismissed',          '{specialist,supervisor}', true),
('missed_opportunity', 'confirmed',          'action_assigned',    '{specialist,supervisor}', false),
('missed_opportunity', 'action_assigned',    'remedied',           '{specialist,supervisor}', false),
('missed_opportunity', 'action_assigned',    'cannot_be_remedied', '{specialist,supervisor}', true),
('missed_opportunity', 'remedied',           'closed',             '{specialist,supervisor}', false),
('missed_opportunity', 'cannot_be_remedied', 'closed',             '{specialist,supervisor}', false)
on conflict (machine, "from", "to") do update set roles = excluded.roles, reason_required = excluded.reason_required
where (machine_move.roles, machine_move.reason_required) is distinct from (excluded.roles, excluded.reason_required);

insert into machine_move (machine, "from", "to", roles, reason_required) values
('alert', 'open', 'confirmed', '{specialist,supervisor}', false),
('alert', 'open', 'dismissed', '{specialist,supervisor}', true)
on conflict (machine, "from", "to") do update set roles = excluded.roles, reason_required = excluded.reason_required
where (machine_move.roles, machine_move.reason_required) is distinct from (excluded.roles, excluded.reason_required);

insert into machine_move (machine, "from", "to", roles, reason_required) values
('disclosure', 'received',            'initial_checks',      '{specialist,supervisor}', false),
('disclosure', 'initial_checks',      'decided',             '{specialist,supervisor}', false),
('disclosure', 'decided',             'disclosed',           '{specialist,supervisor}', false),
('disclosure', 'decided',             'nothing_to_disclose', '{specialist,supervisor}', false),
('disclosure', 'decided',             'refused',             '{specialist,supervisor}', false),
('disclosure', 'disclosed',           'closed',              '{specialist,supervisor}', false),
('disclosure', 'nothing_to_disclose', 'closed',              '{specialist,supervisor}', false),
('disclosure', 'refused',             'closed',              '{specialist,supervisor}', false)
on conflict (machine, "from", "to") do update set roles = excluded.roles, reason_required = excluded.reason_required
where (machine_move.roles, machine_move.reason_required) is distinct from (excluded.roles, excluded.reason_required);

-- A system that reports a call by video that has happened takes it through the states up to where it stands.
insert into machine_move (machine, "from", "to", roles, reason_required) values
('video_response', 'offered',   'declined',          '{specialist,supervisor}', false),
('video_response', 'offered',   'scheduled',         '{specialist,supervisor,system_client}', false),
('video_response', 'scheduled', 'started',           '{specialist,supervisor,system_client}', false),
('video_response', 'started',   'ended',             '{specialist,supervisor,system_client}', false),
('video_response', 'scheduled', 'reverted_to_visit', '{specialist,supervisor}', true),
('video_response', 'started',   'reverted_to_visit', '{specialist,supervisor}', true)
on conflict (machine, "from", "to") do update set roles = excluded.roles, reason_required = excluded.reason_required
where (machine_move.roles, machine_move.reason_required) is distinct from (excluded.roles, excluded.reason_required);

-- Who asked says what came of the advice, or a supervisor does: check_advice_move() holds to that.
insert into machine_move (machine, "from", "to", roles, reason_required) values
('advice', 'asked', 'given',        '{specialist}', false),
('advice', 'given', 'acted_on',     '{call_handler,dispatcher,officer,specialist,supervisor}', false),
('advice', 'given', 'not_acted_on', '{call_handler,dispatcher,officer,specialist,supervisor}', true),
('advice', 'asked', 'withdrawn',    '{call_handler,dispatcher,officer,specialist,supervisor}', false)
on conflict (machine, "from", "to") do update set roles = excluded.roles, reason_required = excluded.reason_required
where (machine_move.roles, machine_move.reason_required) is distinct from (excluded.roles, excluded.reason_required);

insert into machine_move (machine, "from", "to", roles, reason_required) values
('training_session', 'planned', 'held',      '{specialist,supervisor}', false),
('training_session', 'planned', 'cancelled', '{specialist,supervisor}', true),
('shift',            'planned', 'started',   '{specialist,supervisor}', false),
('shift',            'started', 'ended',     '{specialist,supervisor}', false),
('shift',            'planned', 'cancelled', '{specialist,supervisor}', true)
on conflict (machine, "from", "to") do update set roles = excluded.roles, reason_required = excluded.reason_required
where (machine_move.roles, machine_move.reason_required) is distinct from (excluded.roles, excluded.reason_required);
