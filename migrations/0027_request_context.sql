-- What lines say of the request that writes them.
create type request_context as (operation text, thumbprint text, client text, request_id uuid, line_id text);
comment on type request_context is
  'A request: its operation, the thumbprint of its certificate, its client''s name, its identifier, and that of its line.';
