-- one row per building that stands in a grid, typed; building_place gives the grid, found by
-- geometry
create or replace temp table stg_building as
select
    raw_buildings.pos,
    raw_buildings.row,
    building_place.grid_idx,
    raw_buildings.lon,
    raw_buildings.lat,
    milli_of(raw_buildings.people) as people_milli,
    milli_of(raw_buildings.households) as households_milli,
    milli_of(raw_buildings.elderly) as elderly_milli,
    milli_of(raw_buildings.children) as children_milli,
    is_not_number(raw_buildings.people) or is_not_number(raw_buildings.households)
        or is_not_number(raw_buildings.elderly) or is_not_number(raw_buildings.children)
        as has_text_number,
    case when building_place.grid_idx is null then 'XY_RANGE' end as reject_reason
from raw_buildings
left join building_place on building_place.pos = raw_buildings.pos
order by raw_buildings.pos;
