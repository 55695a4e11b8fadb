-- One row a fault, the grave ones first. Parameter: wanted (rows).
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
order by case i.severity when 'blocking' then 0 when 'warning' then 1 else 2 end, i.issue_idx
limit $wanted
