-- one row per community of the release, with what its ledger says; amounts that no ledger gives are those of the map
-- Order: community
with of_grids as (
    select
        community_idx as area_idx,
        min(urban_rural) as first_class,
        max(urban_rural) as last_class,
        bool_and(urban_rural is not null) as has_class,
        bool_and(workers is not null) as has_workers,
        sum(workers) as workers,
        count(*) as grids
    from grid
    where community_idx is not null
    group by all
)

select
    area.area_idx,
    area.name,
    community.* exclude (area_idx, attributes, source, row),
    area.households_milli / 1000.0 as map_households,
    area.people_milli / 1000.0 as map_people,
    area.elderly_milli / 1000.0 as map_elderly,
    area.area_dm2 / 1e8 as map_area_km2,
    case
        when of_grids.has_class and of_grids.first_class = of_grids.last_class
            then of_grids.first_class
    end as map_urban_rural,
    case when of_grids.has_workers then of_grids.workers end as map_grid_workers,
    of_grids.grids
from area
left join community on community.area_idx = area.area_idx
left join of_grids on of_grids.area_idx = area.area_idx
where area.level = 'community'
order by area.area_idx;
