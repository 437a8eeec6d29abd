-- Who applied for an order, who of which rank authorised a notice, and whether it is watched electronically.
alter table protection_order
  add column applicant text collate "C" check (applicant in ('victim', 'police', 'third_party', 'court')),
  add column authorised_rank text collate "C" check (authorised_rank in ('inspector', 'chief_inspector', 'superintendent', 'chief_superintendent', 'chief_officer')),
  add column electronic_monitoring boolean;
comment on column protection_order.applicant is 'Who applied for it; court: it was made of the court''s own motion. Null: not said.';
comment on column protection_order.authorised_rank is 'Rank of who authorised a notice: an inspector or above may. Null: not said.';
comment on column protection_order.electronic_monitoring is 'Whether keeping it is watched electronically. Null: not said.';
