-- one row per grid, category and mode that has more within the own radius than it holds
select
    profile_standard.category_idx,
    profile_standard.mode,
    grid.grid_id
from profile_standard
inner join grid on grid.grid_idx = profile_standard.grid_idx
where profile_standard.people > coalesce(grid.people_milli, 0)
    or profile_standard.households > coalesce(grid.households_milli, 0)
    or profile_standard.elderly > coalesce(grid.elderly_milli, 0)
    or profile_standard.children > coalesce(grid.children_milli, 0)
    or profile_standard.area > grid.area_dm2
order by profile_standard.category_idx, profile_standard.mode, grid.grid_id;
