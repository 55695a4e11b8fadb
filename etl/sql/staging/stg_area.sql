-- one row per area above the grids, numbered: city, districts, streets, communities, each in order
-- of code
-- parameters: $city text
create or replace temp table stg_area as
with found as (
    select
        0 as depth,
        'city' as level,
        $city as code,
        $city as name,
        null::text as district_key,
        null::text as street_key,
        min(grid_idx) as grid_lo,
        max(grid_idx) + 1 as grid_hi
    from stg_place
    union all
    select
        1 as depth,
        'district' as level,
        district_key as code,
        min(district_name) as name,
        district_key,
        null as street_key,
        min(grid_idx) as grid_lo,
        max(grid_idx) + 1 as grid_hi
    from stg_place
    where district_key is not null
    group by district_key
    union all
    select
        2 as depth,
        'street' as level,
        street_key as code,
        min(street_name) as name,
        district_key,
        street_key,
        min(grid_idx) as grid_lo,
        max(grid_idx) + 1 as grid_hi
    from stg_place
    where street_key is not null
    group by district_key, street_key
    union all
    select
        3 as depth,
        'community' as level,
        community_key as code,
        min(community_name) as name,
        district_key,
        street_key,
        min(grid_idx) as grid_lo,
        max(grid_idx) + 1 as grid_hi
    from stg_place
    where community_key is not null
    group by district_key, street_key, community_key
),

unique_codes as (
    -- a district and a street may bear one name; the higher level keeps it
    select
        found.* exclude (code),
        code as key,
        case when row_number() over (partition by code order by depth) > 1
            then level || ':' || code else code end as code
    from found
)

select
    cast(row_number() over (order by depth, code) - 1 as integer) as area_idx,
    level,
    code,
    key,
    name,
    district_key,
    street_key,
    cast(grid_lo as integer) as grid_lo,
    cast(grid_hi as integer) as grid_hi
from unique_codes
order by area_idx;
