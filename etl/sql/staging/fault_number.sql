-- one row per cell that should be a number and is not
with cells as (
    unpivot (
        select 'grids' as kind, pos, row, id, people, households, elderly, children, workers
        from raw_grids
    )
    on people, households, elderly, children, workers into name field value cell
    union all
    unpivot (
        select
            'demand' as kind, pos, row, null::text as id, people, households, elderly, children
        from raw_buildings
    )
    on people, households, elderly, children into name field value cell
    union all
    unpivot (select source as kind, pos, row, id, capacity, floor_area_m2 from raw_facilities)
    on capacity, floor_area_m2 into name field value cell
)

select
    'NUM_TEXT' as code,
    'warning' as severity,
    kind as source,
    row,
    id as feature_id,
    field || ' is "' || cell || '"; expected a number >= 0.' as message,
    'The value counts as unknown. Write a number and build again.' as action
from cells
where is_not_number(cell)
order by source, row, field;
