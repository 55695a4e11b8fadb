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
union all
select
    'POP_ODD' as code,
    'warning' as severity,
    $source as source,
    row,
    grid_id as feature_id,
    case when people_milli < households_milli
        then 'More households (' || (households_milli / 1000)::bigint || ') than people ('
            || (people_milli / 1000)::bigint || ').'
        else printf('%.1f people a household; expected 1.2 to 6.', people_milli / households_milli)
    end as message,
    'The numbers are used as they are. Check both columns of this row.' as action
from stg_grid
where reject_reason is null and households_milli > 0 and people_milli > 0
    and (people_milli / households_milli < 1.2 or people_milli / households_milli > 6)
order by row, code;
