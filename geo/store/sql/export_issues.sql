-- one row per fault, in order of rank: the largest effect first
select
    code,
    severity,
    source,
    row,
    feature_id,
    message,
    action,
    effect_grids,
    affected,
    lon,
    lat
from issue
order by issue_idx;
