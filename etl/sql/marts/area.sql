-- one row per area above the grids; area_shape gives outline and label point
insert into area
select
    stg_area.area_idx,
    stg_area.code,
    stg_area.level,
    stg_area.name,
    parent.area_idx as parent_idx,
    stg_area.grid_lo,
    stg_area.grid_hi,
    sum(grid.people_milli)::bigint as people_milli,
    sum(grid.households_milli)::bigint as households_milli,
    sum(grid.elderly_milli)::bigint as elderly_milli,
    sum(grid.children_milli)::bigint as children_milli,
    sum(grid.area_dm2)::bigint as area_dm2,
    any_value(area_shape.lon) as lon,
    any_value(area_shape.lat) as lat,
    st_geomfromwkb(any_value(area_shape.wkb)) as geom
from stg_area
inner join grid
    on grid.grid_idx >= stg_area.grid_lo and grid.grid_idx < stg_area.grid_hi
inner join area_shape on area_shape.area_idx = stg_area.area_idx
left join stg_area as parent
    on (stg_area.level = 'community' and parent.level = 'street'
        and parent.key = stg_area.street_key
        and parent.district_key is not distinct from stg_area.district_key)
    or (parent.level = 'district' and parent.key = stg_area.district_key
        and (stg_area.level = 'street'
            or (stg_area.level = 'community' and stg_area.street_key is null)))
    or (parent.level = 'city' and (
        stg_area.level = 'district'
        or (stg_area.level = 'street' and stg_area.district_key is null)
        or (stg_area.level = 'community' and stg_area.street_key is null
            and stg_area.district_key is null)
    ))
group by all
order by stg_area.area_idx;
