-- one row per fault, the gravest first
select
    code,
    severity,
    source,
    row,
    feature_id,
    message,
    action,
    effect_grids
from issue
order by issue_idx;
