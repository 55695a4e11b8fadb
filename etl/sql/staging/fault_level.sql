-- one row for the grids whose level is none of the party hierarchy
-- parameters: $source text
select
    'GRID_LEVEL' as code,
    'warning' as severity,
    $source as source,
    min(row) as row,
    null as feature_id,
    printf(
        '%d grids with a level that is none of 1, 2, 3, the first is row %d: %s.',
        count(*), min(row), arg_min(level_text, row)
    ) as message,
    'The level counts as unknown. Write 1 (community), 2 (large grid) or 3 (medium grid).'
        as action,
    count(*) as affected,
    list(row order by row) as rows
from stg_grid
where reject_reason is null and level_text is not null and level is null
having count(*) > 0;
