update a set b = :body::jsonb where f = :force;
/* :no /* nested */ ; */ select 1;
select :actor
