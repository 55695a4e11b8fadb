-- one row per grid, category, mode and speed that has more covered than the grid holds
select
    profile.speed_idx,
    profile.category_idx,
    profile.mode,
    grid.grid_id
from profile
inner join grid on grid.grid_idx = profile.grid_idx
group by all
having sum(profile.people) > coalesce(any_value(grid.people_milli), 0)
    or sum(profile.households) > coalesce(any_value(grid.households_milli), 0)
    or sum(profile.elderly) > coalesce(any_value(grid.elderly_milli), 0)
    or sum(profile.children) > coalesce(any_value(grid.children_milli), 0)
    or sum(profile.area) > any_value(grid.area_dm2)
order by profile.speed_idx, profile.category_idx, profile.mode, grid.grid_id;
