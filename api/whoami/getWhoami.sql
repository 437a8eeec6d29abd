-- Who the service takes the caller for; the operations are the contract's, by role.
select current_force() as force, (current_request()).client as client, current_actor() as actor,
       to_jsonb(current_staff_roles()) as roles, :certificateExpiresAt::timestamptz as certificate_expires_at,
       (select coalesce(jsonb_agg(o.id order by o.id), '[]')
        from   jsonb_to_recordset(:operations) as o (id text, roles text[])
        where  o.roles && current_staff_roles()) as operations, '' as "@seen"
