-- What is known by a telephone number, a name, an address, a reference or a person, in one answer; nothing is recorded but the look.
select s.searched_at, s.people, s.contacts, s.cases, s.complete, s.seen as "@seen"
from   search_history(:phone, :person, :address, :reference, :personId) s
