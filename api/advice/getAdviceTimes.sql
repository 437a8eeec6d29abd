-- How long advice took, for what was asked in a period; counts too small to publish are null.
select t.since as "from", t.until as "to", t.asked, t.given, t.acted_on, t.not_acted_on, t.withdrawn, t.median_minutes,
       t.percentile90_minutes, t.suppressed, '' as "@seen"
from   advice_times(:from::timestamptz, :to::timestamptz) t
