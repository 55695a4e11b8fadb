-- one row per grid whose numbers of people and households are odd together, or for its size; then
-- one row for all grids away from the advised number of households
-- parameters: $source text, the rest from etl/thresholds.py
with counted as (
    select
        stg_grid.row,
        grid.grid_id,
        grid.people_milli / 1000 as people,
        grid.households_milli / 1000 as households,
        coalesce(grid.elderly_milli, 0) / 1000 + coalesce(grid.children_milli, 0) / 1000
            as cohorts,
        grid.people_milli / 1000 / (grid.area_dm2 / 1e8) as people_km2
    from grid
    inner join stg_grid on stg_grid.grid_id = grid.grid_id and stg_grid.reject_reason is null
),

said as (
    select
        'POP_ODD' as code,
        row,
        grid_id,
        case
            when people = 0
                then 'No people, but ' || households::bigint || ' households.'
            when people < households
                then 'More households (' || households::bigint || ') than people ('
                    || people::bigint || ').'
            else printf(
                '%.1f people a household; expected %g to %g.',
                people / households, $persons_low, $persons_high
            )
        end as message,
        'The numbers are used as they are. Check both columns of this row.' as action
    from counted
    where households > 0 and people is not null
        and (people / households < $persons_low or people / households > $persons_high)
    union all
    select
        'POP_ODD' as code,
        row,
        grid_id,
        printf(
            '%.0f people per km2; expected up to %d.', people_km2, $density_high::bigint
        ) as message,
        'The numbers are used as they are. Check the people and the outline.' as action
    from counted
    where people_km2 > $density_high
    union all
    select
        'SUM_MISMATCH' as code,
        row,
        grid_id,
        printf(
            '%d people aged 60 and over and 0 to 6 together, but %d people in all.',
            cohorts::bigint, people::bigint
        ) as message,
        'The numbers are used as they are. Check the columns of this row.' as action
    from counted
    where cohorts > people
    union all
    select
        'HH_ODD' as code,
        row,
        grid_id,
        printf(
            '%d households; expected %d to %d.',
            households::bigint, $households_low::bigint, $households_high::bigint
        ) as message,
        'The number is used as it is. Check it, or how the grid is drawn.' as action
    from counted
    where households > 0 and (households < $households_low or households > $households_high)
)

select
    code,
    'warning' as severity,
    $source as source,
    row,
    grid_id as feature_id,
    message,
    action,
    1 as affected,
    null::bigint[] as rows
from said
union all
select
    'HH_ODD' as code,
    'note' as severity,
    $source as source,
    min(row) as row,
    null as feature_id,
    printf(
        '%d grids have other than the advised %d to %d households; the first is row %d.',
        count(*), $advised_low::bigint, $advised_high::bigint, min(row)
    ) as message,
    'A hint only: nothing was changed.' as action,
    count(*) as affected,
    list(row order by row) as rows
from counted
where households between $households_low and $households_high
    and households not between $advised_low and $advised_high
having count(*) > 0
order by code, severity, row nulls last, message;
