-- one row per grid; property_managed where the estates in it tell. Order: grid
with estates as (
    select
        grid_idx,
        list(attributes order by unit_idx) as attributes
    from unit
    where kind = 'estate' and grid_idx is not null
    group by all
)

select
    grid.grid_idx,
    grid.name,
    grid.households_milli / 1000.0 as households,
    grid.people_milli / 1000.0 as people,
    grid.elderly_milli / 1000.0 as elderly,
    grid.area_dm2 / 1e8 as area_km2,
    grid.urban_rural,
    grid.level,
    grid.parent_id,
    grid.party_org,
    grid.workers,
    grid.has_worker,
    grid.duty,
    estates.attributes
from grid
left join estates on estates.grid_idx = grid.grid_idx
order by grid.grid_idx;
