-- one row per demand point and category whose walk is shorter than its line, or has no reason for
-- being absent
select
    category_idx,
    demand_idx,
    line_dm,
    walk_dm
from reach
where walk_dm < line_dm
    or (walk_dm is null) <> (walk_code <> 0)
    or (walk_dm is null) <> (walk_facility_idx is null)
order by category_idx, demand_idx;
