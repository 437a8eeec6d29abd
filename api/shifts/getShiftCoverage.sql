-- How much of a period has a specialist on shift, and when it has none.
select :from::timestamptz as "from", :to::timestamptz as "to", c.shifts, c.period_hours, c.covered_hours, c.share, c.gaps, '' as "@seen"
from   shift_coverage(:from::timestamptz, :to::timestamptz) c
