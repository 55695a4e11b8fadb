-- one row per indicator x place x period: its value, and whether it meets the target of its year
with shown as (
    select
        indicator_value.*,
        indicator.id,
        indicator.is_high_better,
        indicator.is_share and indicator.unit = '%' as is_percentage,
        case
            when not indicator.is_share then indicator_value.numerator
            else indicator_value.numerator / nullif(indicator_value.denominator, 0)
        end as value,
        cast(left(coalesce(indicator_value.period, release.as_of), 4) as integer) as year
    from indicator_value
    inner join indicator on indicator.indicator_idx = indicator_value.indicator_idx
    cross join release
    where $picked is null or indicator_value.rowid in (select unnest(cast($picked as bigint [])))
),

aimed as (
    select
        shown.*,
        (
            select arg_max(indicator_target.target, indicator_target.year)
            from indicator_target
            where indicator_target.indicator_idx = shown.indicator_idx
                and indicator_target.year <= shown.year
        ) as target
    from shown
)

select
    aimed.level as unit_kind,
    coalesce(grid.grid_id, area.code, facility.facility_id, unit.unit_id) as unit_id,
    coalesce(grid.name, area.name, facility.name, unit.name) as unit_name,
    aimed.id as indicator,
    aimed.period,
    aimed.value,
    aimed.numerator,
    aimed.denominator,
    aimed.target,
    {{indicator_verdict}} as verdict,
    aimed.n_rows,
    aimed.is_withheld
from aimed
left join grid on aimed.level = 'grid' and grid.grid_idx = aimed.place_idx
left join area on area.level = aimed.level and area.area_idx = aimed.place_idx
left join facility on aimed.level = 'facility' and facility.facility_idx = aimed.place_idx
left join unit on unit.kind = aimed.level and unit.unit_idx = aimed.place_idx
left join area as asked on asked.code = $area
where ($indicator is null or aimed.id = $indicator)
    and ($level is null or aimed.level = $level)
    and ($period is null or aimed.period = $period)
    and (
        $area is null
        or coalesce(grid.grid_idx, facility.grid_idx) between asked.grid_lo and asked.grid_hi - 1
        or (area.grid_lo >= asked.grid_lo and area.grid_hi <= asked.grid_hi)
        or (unit.unit_idx is not null and (
            asked.level = 'city'
            or asked.area_idx in (unit.community_idx, unit.street_idx, unit.district_idx)
        ))
    )
order by
    aimed.indicator_idx,
    -- kinds of further places stand after the levels
    coalesce(nullif(list_position(
        ['city', 'district', 'street', 'community', 'grid', 'facility'], aimed.level
    ), 0), 7),
    aimed.level,
    aimed.place_idx,
    aimed.period nulls first;
