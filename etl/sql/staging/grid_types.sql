-- one row per type of the grids that are loaded: how many there are, and their first row
select
    grid_type,
    count(*) as grids,
    min(row) as first_row
from stg_grid
where reject_reason is null and grid_type is not null
group by grid_type
order by grids desc, grid_type;
