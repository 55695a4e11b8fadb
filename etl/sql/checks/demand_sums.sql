-- one row per grid whose demand points do not hold what the grid holds
select
    grid.grid_id,
    grid.people_milli,
    sum(demand.people_milli)::bigint as people_of_points
from grid
left join demand on demand.grid_idx = grid.grid_idx
group by
    grid.grid_id, grid.people_milli, grid.households_milli, grid.elderly_milli, grid.children_milli
having grid.people_milli is distinct from sum(demand.people_milli)::bigint
    or grid.households_milli is distinct from sum(demand.households_milli)::bigint
    or grid.elderly_milli is distinct from sum(demand.elderly_milli)::bigint
    or grid.children_milli is distinct from sum(demand.children_milli)::bigint
order by grid.grid_id;
