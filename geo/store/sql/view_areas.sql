-- One row an area above the grids, the city first; amounts in milli, area in dm2.
select
    a.area_idx,
    a.code,
    a.level,
    a.name,
    a.parent_idx,
    a.grid_lo,
    a.grid_hi,
    a.people_milli,
    a.households_milli,
    a.elderly_milli,
    a.children_milli,
    a.area_dm2,
    a.lon,
    a.lat
from area as a
order by a.area_idx
