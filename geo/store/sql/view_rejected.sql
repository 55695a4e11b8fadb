-- One row a source row that did not enter. Parameter: wanted (rows).
select
    r.source,
    r.row,
    r.reason,
    r.content
from rejected as r
order by r.rejected_idx
limit $wanted
