-- One row a grid of [lo, hi): its own distances, where no points are kept (all mandatory categories together).
-- Parameters: category, lo, hi, own.
with answered as (
    select
        n.grid_idx,
        n.mode,
        case when o.grid_idx is null then n.nearest_dm else o.nearest_dm end as dm,
        case when o.grid_idx is null then n.nearest_facility_idx else o.nearest_facility_idx end as facility_idx,
        case when o.grid_idx is null then n.code else o.code end as code
    from nearest as n
    left join nearest_own as o
        on $own and o.category_idx = n.category_idx and o.mode = n.mode and o.grid_idx = n.grid_idx
    where n.category_idx = $category and n.grid_idx >= $lo and n.grid_idx < $hi
)

select
    l.grid_idx,
    l.dm as line_dm,
    l.facility_idx as line_facility_idx,
    w.dm as walk_dm,
    w.facility_idx as walk_facility_idx,
    coalesce(w.code, 0) as code
from answered as l
left join answered as w on w.grid_idx = l.grid_idx and w.mode = 1
where l.mode = 0
order by l.grid_idx
