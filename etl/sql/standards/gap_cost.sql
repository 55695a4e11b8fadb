-- one row per missed rule on floor area x place x unit cost: what closing the gap would cost, at the prices of the document
insert into gap_cost
with priced as (
    select
        rule_pack.pack as source,
        rule_param.value as yuan_per_m2,
        -- the year of the prices, where the document gives it
        case when rule_pack.pack = 'xishan' and not rule_param.is_own then 2007 end as year
    from rule_param
    inner join rule_pack on rule_pack.pack_idx = rule_param.pack_idx
    where rule_param.name = 'centre_yuan_per_m2' and rule_param.value is not null
)

select
    verdict.rule_idx,
    verdict.place_idx,
    verdict.gap as gap_m2,
    priced.source,
    priced.yuan_per_m2,
    priced.year,
    verdict.gap * priced.yuan_per_m2 as yuan
from verdict
inner join rule on rule.rule_idx = verdict.rule_idx
cross join priced
where verdict.gap is not null
    and rule.formula in (
        'station_m2', 'service_centre_m2', 'premises_m2', 'usable_m2', 'floor_m2_ADM_CENTRE'
    )
order by verdict.rule_idx, verdict.place_idx, priced.source;
