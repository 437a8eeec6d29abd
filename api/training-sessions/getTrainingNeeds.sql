-- Which training is needed: each theme with its feedback, its sessions, and who attended none since; the most needed first.
select n.since, n.themes, '' as "@seen"
from   training_needs(:days::int) n
