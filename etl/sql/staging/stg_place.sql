-- one row per loaded grid: the keys of its district, street and community, and its number
-- A key is the official code; else the code that the same name has elsewhere under the same parent;
-- else the path of names. A code that stands under several parents is told apart by its parent.
create or replace temp table stg_place as
with grids as (
    select * from stg_grid where reject_reason is null
),

district_codes as (
    select
        district,
        min(district_code) as code
    from grids
    where district_code is not null
    group by district
    having count(distinct district_code) = 1
),

districts as (
    select
        grids.*,
        coalesce(grids.district_code, district_codes.code, grids.district) as district_key
    from grids
    left join district_codes on district_codes.district = grids.district
),

street_codes as (
    select
        district_key,
        street,
        min(street_code) as code
    from districts
    where street_code is not null
    group by district_key, street
    having count(distinct street_code) = 1
),

street_names as (
    select
        districts.*,
        coalesce(
            districts.street_code,
            street_codes.code,
            case when districts.street is not null
                then concat_ws('/', districts.district, districts.street) end
        ) as plain_street_key
    from districts
    left join street_codes
        on street_codes.district_key is not distinct from districts.district_key
        and street_codes.street = districts.street
),

street_parents as (
    select
        plain_street_key,
        count(distinct coalesce(district_key, '')) > 1 as is_split
    from street_names
    where plain_street_key is not null
    group by plain_street_key
),

streets as (
    select
        street_names.*,
        case when street_parents.is_split
            then concat_ws('/', street_names.district_key, street_names.plain_street_key)
            else street_names.plain_street_key
        end as street_key
    from street_names
    left join street_parents
        on street_parents.plain_street_key = street_names.plain_street_key
),

community_codes as (
    select
        district_key,
        street_key,
        community,
        min(community_code) as code
    from streets
    where community_code is not null
    group by district_key, street_key, community
    having count(distinct community_code) = 1
),

community_names as (
    select
        streets.*,
        coalesce(
            streets.community_code,
            community_codes.code,
            case when streets.community is not null
                then concat_ws('/', streets.district, streets.street, streets.community) end
        ) as plain_community_key
    from streets
    left join community_codes
        on community_codes.district_key is not distinct from streets.district_key
        and community_codes.street_key is not distinct from streets.street_key
        and community_codes.community = streets.community
),

community_parents as (
    select
        plain_community_key,
        count(distinct concat(coalesce(district_key, ''), '|', coalesce(street_key, ''))) > 1
            as is_split
    from community_names
    where plain_community_key is not null
    group by plain_community_key
),

communities as (
    select
        community_names.*,
        case when community_parents.is_split
            then concat_ws('/', community_names.street_key, community_names.plain_community_key)
            else community_names.plain_community_key
        end as community_key
    from community_names
    left join community_parents
        on community_parents.plain_community_key = community_names.plain_community_key
)

select
    pos,
    grid_id,
    district_key,
    coalesce(district, district_key) as district_name,
    street_key,
    coalesce(street, street_key) as street_name,
    community_key,
    coalesce(community, community_key) as community_name,
    cast(row_number() over (
        order by district_key nulls last, street_key nulls last, community_key nulls last, grid_id
    ) - 1 as integer) as grid_idx
from communities
order by grid_idx;
