-- one row per kind of fault in what the grids name as their parent: unknown, or in a ring
-- parameters: $source text; needs the tables grid and unit
with recursive
links as (
    select
        grid.grid_id,
        grid.parent_id,
        stg_grid.row
    from grid
    inner join stg_grid on stg_grid.grid_id = grid.grid_id and stg_grid.reject_reason is null
    where grid.parent_id is not null
),

known as (
    select grid_id as code from grid
    union
    select unit_id from unit
    union
    select code from area
),

-- union, not union all: a ring comes to an end
climbed as (
    select
        grid_id as start_id,
        parent_id
    from links
    union
    select
        climbed.start_id,
        links.parent_id
    from climbed
    inner join links on links.grid_id = climbed.parent_id
),

found as (
    select
        'GRID_PARENT' as code,
        'whose parent is no grid, unit or area of the release' as what,
        'It counts as having none. Correct the code of the parent.' as action,
        row
    from links
    where parent_id not in (select code from known)
    union all
    select
        'GRID_CYCLE' as code,
        'that are their own parent, by way of others or at once' as what,
        'The hierarchy has no top there. Correct the code of the parent.' as action,
        links.row
    from climbed
    inner join links on links.grid_id = climbed.start_id
    where climbed.parent_id = climbed.start_id
)

select
    code,
    'warning' as severity,
    $source as source,
    min(row) as row,
    null as feature_id,
    printf('%d grids %s, the first is row %d.', count(distinct row), what, min(row)) as message,
    action,
    count(distinct row) as affected,
    list_sort(list(distinct row)) as rows
from found
group by code, what, action
order by code;
