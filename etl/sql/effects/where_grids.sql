-- one row per fault that names a grid: the place of the first one, WGS 84
select
    fault_grid.fault,
    arg_min(grid.lon, grid.grid_idx) as lon,
    arg_min(grid.lat, grid.grid_idx) as lat
from fault_grid
inner join grid on grid.grid_id = fault_grid.grid_id
group by fault_grid.fault
order by fault_grid.fault;
