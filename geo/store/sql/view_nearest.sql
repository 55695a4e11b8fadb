-- One row a mode: how far a grid is from a category, and from which facility. Parameters: category, grid (grid_idx),
-- own (only the facilities of the grid's own district count).
with answered as (
    select
        n.mode,
        case when o.grid_idx is null then n.nearest_dm else o.nearest_dm end as nearest_dm,
        case when o.grid_idx is null then n.nearest_facility_idx else o.nearest_facility_idx end as facility_idx,
        case when o.grid_idx is null then n.code else o.code end as code
    from nearest as n
    left join nearest_own as o
        on $own
        and o.category_idx = n.category_idx
        and o.mode = n.mode
        and o.grid_idx = n.grid_idx
    where n.category_idx = $category and n.grid_idx = $grid
)

select
    a.mode,
    a.nearest_dm,
    a.code,
    a.facility_idx,
    f.category_idx as facility_category_idx,
    f.facility_id,
    f.name as facility_name,
    f.hours as facility_hours,
    f.lon,
    f.lat
from answered as a
left join facility as f on f.facility_idx = a.facility_idx
order by a.mode
