-- one row per row of the grid file, typed; reject_reason is null for the rows that are loaded
create or replace temp table stg_grid as
with typed as (
    select
        pos,
        row,
        text_of(id) as grid_id,
        coalesce(text_of(name), text_of(id)) as name,
        -- a level that the file has no column of is taken from the grid's own code
        coalesce(text_of(district_code), derived_district_code) as district_code,
        coalesce(text_of(street_code), derived_street_code) as street_code,
        coalesce(text_of(community_code), derived_community_code) as community_code,
        coalesce(
            text_of(district), named_district, text_of(district_code), derived_district_code
        ) as district,
        coalesce(text_of(street), named_street, text_of(street_code), derived_street_code)
            as street,
        coalesce(
            text_of(community), named_community, text_of(community_code), derived_community_code
        ) as community,
        urban_rural,
        text_of(committee) as committee,
        text_of(grid_type) as grid_type,
        -- the party hierarchy: community, large grid, medium grid
        case regexp_extract(text_of(level), '^第?([123一二三])(级|级网格)?$', 1)
            when '1' then 1
            when '一' then 1
            when '2' then 2
            when '二' then 2
            when '3' then 3
            when '三' then 3
        end as level,
        text_of(level) as level_text,
        text_of(parent) as parent_id,
        text_of(party_org) as party_org,
        cast(round(number_of(workers)) as integer) as workers,
        has_worker = 'y' as has_worker,
        text_of(duty) as duty,
        milli_of(people) as people_milli,
        milli_of(households) as households_milli,
        milli_of(elderly) as elderly_milli,
        milli_of(children) as children_milli,
        is_not_number(people) or is_not_number(households) or is_not_number(elderly)
            or is_not_number(children) or is_not_number(workers) as has_text_number
    from raw_grids
),

numbered as (
    select
        typed.*,
        row_number() over (partition by grid_id order by row, pos) as copy
    from typed
)

select
    numbered.* exclude (copy),
    case
        when grid_id is null then 'GRID_NOCODE'
        when copy > 1 then 'CODE_DUP'
    end as reject_reason
from numbered
order by pos;
