-- one row per area whose amounts are not the sum of its grids
select
    area.code,
    area.people_milli,
    sum(grid.people_milli)::bigint as people_of_grids
from area
inner join grid on grid.grid_idx >= area.grid_lo and grid.grid_idx < area.grid_hi
group by
    area.code, area.people_milli, area.households_milli, area.elderly_milli, area.children_milli,
    area.area_dm2
having area.people_milli is distinct from sum(grid.people_milli)::bigint
    or area.households_milli is distinct from sum(grid.households_milli)::bigint
    or area.elderly_milli is distinct from sum(grid.elderly_milli)::bigint
    or area.children_milli is distinct from sum(grid.children_milli)::bigint
    or area.area_dm2 <> sum(grid.area_dm2)
order by area.code;
