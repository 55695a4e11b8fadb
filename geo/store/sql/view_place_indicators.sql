-- one row of indicator_value per indicator: the latest at the smallest level around a grid that has one
with around as (
    select
        'grid' as level,
        grid_idx as place_idx,
        4 as depth
    from grid
    where grid_idx = $grid
    union all
    select
        area.level,
        area.area_idx,
        list_position(['city', 'district', 'street', 'community'], area.level) - 1
    from area
    where area.grid_lo <= $grid and area.grid_hi > $grid
    union all
    -- a committee stands between the community and the grid
    select
        unit.kind,
        unit.unit_idx,
        3.5
    from grid
    inner join unit on unit.unit_idx = grid.committee_idx
    where grid.grid_idx = $grid
),

ranked as (
    select
        indicator_value.rowid as row_idx,
        row_number() over (
            partition by indicator_value.indicator_idx
            order by around.depth desc, indicator_value.period desc nulls last
        ) as rank
    from indicator_value
    inner join around
        on around.level = indicator_value.level and around.place_idx = indicator_value.place_idx
    cross join release
    where coalesce(left(indicator_value.period, 7), '') <= release.as_of
)

select ranked.row_idx
from ranked
where ranked.rank = 1;
