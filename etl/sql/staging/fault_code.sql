-- one row per fault in the official code of a grid: a shape that no rule knows, a prefix that is not
-- that of the district, street or community the row names
-- parameters: $source text
with grids as (
    select
        stg_grid.row,
        stg_grid.grid_id,
        raw_grids.code_fault,
        raw_grids.code_district,
        raw_grids.code_street,
        raw_grids.code_community,
        coalesce(text_of(raw_grids.district), text_of(raw_grids.district_code)) as district,
        text_of(raw_grids.street_code) as street_code,
        text_of(raw_grids.community_code) as community_code
    from stg_grid
    inner join raw_grids on raw_grids.pos = stg_grid.pos
    where stg_grid.reject_reason is null
),

-- what most grids of one stated district begin with; a district that is half and half has none
prefixes as (
    select
        district,
        mode(code_district) as prefix,
        max(count(*)) over (partition by district) as most,
        sum(count(*)) over (partition by district) as known
    from grids
    where district is not null and code_district is not null
    group by district, code_district
    qualify count(*) = most and 2 * most > known
),

apart as (
    select
        grids.*,
        prefixes.prefix,
        case
            when grids.code_district <> prefixes.prefix then 'district'
            when length(grids.street_code) in (9, 12)
                and grids.code_street <> left(grids.street_code, 9) then 'street'
            when length(grids.community_code) in (12, 17)
                and grids.code_community <> left(grids.community_code, 12) then 'community'
        end as level
    from grids
    left join prefixes on prefixes.district = grids.district
)

select
    'CODE_SHAPE' as code,
    'warning' as severity,
    $source as source,
    row,
    grid_id as feature_id,
    'The code ' || grid_id || ' is none that a rule knows: ' || code_fault || '.' as message,
    'It is used as it is, and nothing is derived from it. Correct the code.' as action
from grids
where code_fault is not null
union all
select
    'CODE_PREFIX' as code,
    'warning' as severity,
    $source as source,
    row,
    grid_id as feature_id,
    case level
        when 'district'
            then 'The code ' || grid_id || ' begins with ' || code_district || '; most grids of '
                || district || ' begin with ' || prefix || '.'
        when 'street'
            then 'The code ' || grid_id || ' lies in street ' || code_street
                || '; the row says street ' || street_code || '.'
        else 'The code ' || grid_id || ' lies in community ' || code_community
            || '; the row says community ' || community_code || '.'
    end as message,
    'The row is used as it is. Check the code and the columns beside it.' as action
from apart
where level is not null
order by row, code;
