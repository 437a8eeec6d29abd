-- What the sequencer and the sealer need in a restored database.

alter table ledger_horizon add column xid_offset bigint not null default 0;
comment on column ledger_horizon.xid_offset is
  'Added to the transaction numbers of the cluster it lives in, so that lines written here come after those it was restored with.';
