-- one row per indicator, in the order of city.toml
select
    indicator.id,
    indicator.zh,
    indicator.en,
    indicator.unit,
    indicator.is_share,
    case when indicator.is_high_better then 'high' else 'low' end as better,
    indicator.formula,
    indicator.floor,
    indicator.grp as facet,
    indicator.owner_role,
    indicator.source,
    ledger.name as ledger,
    ledger.path,
    ledger.unit as unit_kind,
    coalesce((
        select list(indicator_target.year order by indicator_target.year)
        from indicator_target
        where indicator_target.indicator_idx = indicator.indicator_idx
    ), []) as years,
    coalesce((
        select list(indicator_target.target order by indicator_target.year)
        from indicator_target
        where indicator_target.indicator_idx = indicator.indicator_idx
    ), []) as targets,
    coalesce((
        select list(distinct indicator_value.period order by indicator_value.period)
        from indicator_value
        where indicator_value.indicator_idx = indicator.indicator_idx
            and indicator_value.period is not null
    ), []) as periods,
    coalesce((
        select list(distinct indicator_value.level)
        from indicator_value
        where indicator_value.indicator_idx = indicator.indicator_idx
            and indicator_value.numerator is not null
    ), []) as levels
from indicator
inner join ledger on ledger.ledger_idx = indicator.ledger_idx
order by indicator.indicator_idx;
