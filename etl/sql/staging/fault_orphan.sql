-- one row per level of areas that some grids name and others do not
-- parameters: $source text
with levels as (
    unpivot (
        select
            row,
            coalesce(district, '') as district,
            coalesce(street, '') as street,
            coalesce(community, '') as community
        from stg_grid
        where reject_reason is null
    )
    on district, street, community into name level value area
)

select
    'GRID_ORPHAN' as code,
    'warning' as severity,
    $source as source,
    min(row) filter (where area = '') as row,
    null as feature_id,
    printf(
        '%d grids name no %s, the first is row %d; the others do.',
        count(*) filter (where area = ''), level, min(row) filter (where area = '')
    ) as message,
    'They count for the city, not for a ' || level || '. Fill it in.' as action,
    count(*) filter (where area = '') as affected,
    list(row order by row) filter (where area = '') as rows
from levels
group by level
having count(*) filter (where area = '') between 1 and count(*) - 1
order by level;
