-- one row per fault x row of a file, of the first that it names, that has a place on the map, WGS 84
-- parameters: $wanted integer (rows of a fault)
with places as (
    select
        fault_row.fault,
        fault_row.row,
        fault_row.step,
        stg_facility.lon,
        stg_facility.lat
    from fault_row
    inner join stg_facility
        on stg_facility.source = fault_row.source and stg_facility.row = fault_row.row
    union all
    select
        fault_row.fault,
        fault_row.row,
        fault_row.step,
        grid.lon,
        grid.lat
    from fault_row
    inner join fault_kind on fault_kind.source = fault_row.source and fault_kind.kind = 'grids'
    inner join stg_grid on stg_grid.row = fault_row.row
    inner join grid on grid.grid_id = stg_grid.grid_id
    union all
    select
        fault_row.fault,
        fault_row.row,
        fault_row.step,
        stg_building.lon,
        stg_building.lat
    from fault_row
    inner join fault_kind on fault_kind.source = fault_row.source and fault_kind.kind = 'demand'
    inner join stg_building on stg_building.row = fault_row.row
)

select
    fault,
    row,
    arg_min(lon, (lon, lat)) as lon,
    arg_min(lat, (lon, lat)) as lat
from places
where lon is not null and lat is not null and step < $wanted
group by fault, row
order by fault, row;
