-- one row per fault x grid whose verdict depends on it; grid_idx is null where the fault is
-- understood, whether or not any grid depends on it
-- needs: fault_row, fault_grid, fault_source, effect_served, uncounted_grid
create or replace temp table effect_linked as
with facility_rows as (
    select
        fault_row.fault,
        stg_facility.pos,
        stg_facility.reject_reason is null and stg_facility.uncounted is null as is_counted,
        facility_key.facility_idx
    from fault_row
    inner join stg_facility
        on stg_facility.source = fault_row.source and stg_facility.row = fault_row.row
    left join facility_key on facility_key.pos = stg_facility.lead_pos
),

grid_rows as (
    select
        fault_row.fault,
        grid.grid_idx
    from fault_row
    inner join fault_kind on fault_kind.source = fault_row.source and fault_kind.kind = 'grids'
    inner join stg_grid on stg_grid.row = fault_row.row
    inner join grid on grid.grid_id = stg_grid.grid_id
),

building_rows as (
    select
        fault_row.fault,
        stg_building.grid_idx
    from fault_row
    inner join fault_kind on fault_kind.source = fault_row.source and fault_kind.kind = 'demand'
    inner join stg_building on stg_building.row = fault_row.row
    where stg_building.grid_idx is not null
),

named_grids as (
    select
        fault_grid.fault,
        grid.grid_idx
    from fault_grid
    inner join grid on grid.grid_id = fault_grid.grid_id
),

whole_sources as (
    select
        fault_source.fault,
        fault_source.source,
        fault_kind.kind
    from fault_source
    inner join fault_kind on fault_kind.source = fault_source.source
),

linked as (
    select fault, grid_idx from grid_rows
    union all
    select fault, grid_idx from building_rows
    union all
    select fault, grid_idx from named_grids
    union all
    select facility_rows.fault, effect_served.grid_idx
    from facility_rows
    inner join effect_served on effect_served.facility_idx = facility_rows.facility_idx
    where facility_rows.is_counted
    union all
    select facility_rows.fault, uncounted_grid.grid_idx
    from facility_rows
    inner join uncounted_grid on uncounted_grid.pos = facility_rows.pos
    where not facility_rows.is_counted
    union all
    select fault, null as grid_idx from facility_rows
    union all
    select whole_sources.fault, grid.grid_idx
    from whole_sources
    cross join grid
    where whole_sources.kind in ('grids', 'network')
    union all
    select whole_sources.fault, stg_building.grid_idx
    from whole_sources
    inner join stg_building on stg_building.grid_idx is not null
    where whole_sources.kind = 'demand'
    union all
    select whole_sources.fault, effect_served.grid_idx
    from whole_sources
    inner join facility on facility.source = whole_sources.source
    inner join effect_served on effect_served.facility_idx = facility.facility_idx
    where whole_sources.kind = 'facilities'
    union all
    select fault, null as grid_idx from whole_sources
    union all
    select fault_row.fault, null as grid_idx
    from fault_row
    inner join fault_kind on fault_kind.source = fault_row.source
    where fault_kind.kind not in ('grids', 'demand', 'facilities', 'network')
)

select distinct
    fault,
    grid_idx
from linked
order by fault, grid_idx nulls first;
