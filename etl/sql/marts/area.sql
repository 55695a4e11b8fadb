-- one row per area above the grids; area_shape gives outline and label point
insert into area
with totals as (
    select
        grid_owner.area_idx,
        sum(grid.people_milli)::bigint as people_milli,
        sum(grid.households_milli)::bigint as households_milli,
        sum(grid.elderly_milli)::bigint as elderly_milli,
        sum(grid.children_milli)::bigint as children_milli,
        sum(grid.area_dm2)::bigint as area_dm2
    from grid_owner
    inner join grid on grid.grid_idx = grid_owner.grid_idx
    group by grid_owner.area_idx
),

-- the next level up that the area names; the city where it names none
raised as (
    select
        area_idx,
        district_key,
        case
            when level = 'city' then null
            when level = 'community' and street_key is not null then 'street'
            when level <> 'district' and district_key is not null then 'district'
            else 'city'
        end as parent_level,
        case
            when level = 'community' and street_key is not null then street_key
            else district_key
        end as parent_key
    from stg_area
),

parents as (
    select
        raised.area_idx,
        case when raised.parent_level = 'city' then 0 else parent.area_idx end as parent_idx
    from raised
    left join stg_area as parent
        on parent.level = raised.parent_level
        and parent.key = raised.parent_key
        and parent.district_key is not distinct from raised.district_key
)

select
    stg_area.area_idx,
    stg_area.code,
    stg_area.level,
    stg_area.name,
    parents.parent_idx,
    stg_area.grid_lo,
    stg_area.grid_hi,
    totals.people_milli,
    totals.households_milli,
    totals.elderly_milli,
    totals.children_milli,
    totals.area_dm2,
    area_shape.lon,
    area_shape.lat,
    st_geomfromwkb(area_shape.wkb) as geom
from stg_area
inner join parents on parents.area_idx = stg_area.area_idx
inner join totals on totals.area_idx = stg_area.area_idx
inner join area_shape on area_shape.area_idx = stg_area.area_idx
order by stg_area.area_idx;
