-- One row a grid of [lo, hi) with what is known of the supply of a category there. Parameters: category, mode, lo, hi.
-- access: units per person by the plain floating catchment, -1 where unknown; floor_dm2: of the nearest facility; cohort: of the norm.
select
    g.grid_idx,
    g.people_milli,
    case n.need_of when 'elderly' then g.elderly_milli when 'children' then g.children_milli else g.people_milli end
        as cohort_milli,
    coalesce(c.access, -1) as access,
    f.facility_id,
    f.name,
    f.floor_area_dm2
from grid as g
left join norm as n on n.category_idx = $category
left join capacity as c
    on c.category_idx = $category and c.mode = $mode and c.method = '2sfca' and c.grid_idx = g.grid_idx
left join nearest as m on m.category_idx = $category and m.mode = $mode and m.grid_idx = g.grid_idx
left join facility as f on f.facility_idx = m.nearest_facility_idx
where g.grid_idx >= $lo and g.grid_idx < $hi
order by g.grid_idx
