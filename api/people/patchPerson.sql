-- Changes what is known of a person (RFC 7396); what they were found by before still finds them.
update person p
set    (given_name, family_name, aliases, date_of_birth, phones, addresses, external_references, works_for_police, safe_contact)
       = (select n.* from person_of(merge_patch(person_document(p), :body)) n),
       version = :ifMatch
where  p.force_id = :force and p.person_id = :personId
returning p.person_id, p.given_name, p.family_name, to_jsonb(p.aliases) as aliases, p.date_of_birth, to_jsonb(p.phones) as phones,
          p.addresses, to_jsonb(p.external_references) as external_references, p.works_for_police, p.safe_contact, p.recorded_by,
          p.recorded_at, p.changed_by, p.changed_at, p.version, p.version as "@etag"
