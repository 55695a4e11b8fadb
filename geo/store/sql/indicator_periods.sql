-- one row per period of an indicator in an area, this release's and those carried from earlier ones;
-- $indicator id, $area code; is_carried: no ledger of this release speaks of it; the oldest first
with known as (
    select
        indicator_history.*,
        indicator.indicator_idx,
        indicator.is_high_better,
        indicator.is_share and indicator.unit = '%' as is_percentage,
        area.level,
        area.name,
        case
            when not indicator.is_share then indicator_history.numerator
            else indicator_history.numerator / nullif(indicator_history.denominator, 0)
        end as value,
        own.n_rows,
        coalesce(own.is_over, false) as is_over,
        own.indicator_idx is null as is_carried,
        (
            select arg_max(indicator_target.target, indicator_target.year)
            from indicator_target
            where indicator_target.indicator_idx = indicator.indicator_idx
                and indicator_target.year <= cast(left(indicator_history.period, 4) as integer)
        ) as target
    from indicator_history
    inner join indicator on indicator.id = indicator_history.id
    inner join area on area.code = indicator_history.area_code
    cross join release
    left join indicator_value as own
        on own.indicator_idx = indicator.indicator_idx and own.level = area.level
        and own.place_idx = area.area_idx
        and coalesce(own.period, release.as_of) = indicator_history.period
    where indicator_history.id = $indicator and indicator_history.area_code = $area
)

select
    known.level as unit_kind,
    known.area_code as unit_id,
    known.name as unit_name,
    known.id as indicator,
    known.period,
    known.value,
    known.numerator,
    known.denominator,
    known.target,
    {{indicator_verdict}} as verdict,
    known.n_rows,
    known.is_withheld,
    known.formula,
    known.is_carried
from known
order by known.period;
