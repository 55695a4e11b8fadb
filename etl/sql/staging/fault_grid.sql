-- one row per fault in the rows of the grid file
-- parameters: $source text
select
    reject_reason as code,
    'warning' as severity,
    $source as source,
    row,
    grid_id as feature_id,
    case reject_reason
        when 'GRID_NOCODE' then 'The grid has no code; a grid is known by its code.'
        else 'The code ' || grid_id || ' was already given to an earlier row.'
    end as message,
    'The row is kept aside. Give it a code of its own and build again.' as action
from stg_grid
where reject_reason is not null
order by row, code;
