-- one row per indicator: its latest value at the smallest level around a grid that has one
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
        indicator_value.indicator_idx,
        indicator_value.level,
        indicator_value.place_idx,
        indicator_value.period,
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

select
    indicator.id,
    ranked.level,
    ranked.place_idx,
    ranked.period
from ranked
inner join indicator on indicator.indicator_idx = ranked.indicator_idx
where ranked.rank = 1
order by ranked.indicator_idx;
