-- One row a fault that has a place, in order of rank. Parameter: wanted (rows).
select
    i.code,
    i.severity,
    i.source,
    i.row,
    i.feature_id,
    i.message,
    i.lon,
    i.lat
from issue as i
where i.lon is not null and i.lat is not null
order by i.issue_idx
limit $wanted
