-- One row a fault, in order of rank. Parameter: wanted (rows).
select
    i.code,
    i.severity,
    i.source,
    i.row,
    i.feature_id,
    i.message,
    i.action,
    i.effect_grids
from issue as i
order by i.issue_idx
limit $wanted
