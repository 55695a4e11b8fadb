-- one row per grid; grid_shape gives what geometry knows of it; reliability is set when demand and
-- streets are known
insert into grid by name
select
    stg_place.grid_idx,
    stg_grid.grid_id,
    stg_grid.name,
    community.area_idx as community_idx,
    street.area_idx as street_idx,
    district.area_idx as district_idx,
    coalesce(stg_grid.people_milli, building_sum.people_milli) as people_milli,
    coalesce(stg_grid.households_milli, building_sum.households_milli) as households_milli,
    coalesce(stg_grid.elderly_milli, building_sum.elderly_milli) as elderly_milli,
    coalesce(stg_grid.children_milli, building_sum.children_milli) as children_milli,
    grid_shape.area_dm2,
    'A' as reliability,
    grid_shape.lon,
    grid_shape.lat,
    st_geomfromwkb(grid_shape.wkb) as geom,
    stg_grid.urban_rural,
    stg_grid.grid_type,
    stg_grid.level,
    stg_grid.parent_id,
    stg_grid.party_org,
    stg_grid.workers,
    stg_grid.has_worker,
    stg_grid.duty
from stg_place
inner join stg_grid on stg_grid.pos = stg_place.pos
inner join grid_shape on grid_shape.grid_idx = stg_place.grid_idx
left join building_sum on building_sum.grid_idx = stg_place.grid_idx
left join stg_area as district
    on district.level = 'district' and district.key = stg_place.district_key
left join stg_area as street
    on street.level = 'street' and street.key = stg_place.street_key
    and street.district_key is not distinct from stg_place.district_key
left join stg_area as community
    on community.level = 'community' and community.key = stg_place.community_key
    and community.street_key is not distinct from stg_place.street_key
    and community.district_key is not distinct from stg_place.district_key
order by stg_place.grid_idx;
