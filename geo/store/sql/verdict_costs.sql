-- one row per source of a unit cost: what closing gaps would cost by it; parameters rules (their rule_idx), places
-- (place_idx). Order: source
select
    gap_cost.source,
    rule_pack.zh,
    rule_pack.en,
    gap_cost.year,
    gap_cost.yuan_per_m2,
    count(*) as places,
    sum(gap_cost.gap_m2) as gap_m2,
    sum(gap_cost.yuan) as yuan
from gap_cost
left join (
    select rule_pack.pack, any_value(rule_pack.zh) as zh, any_value(rule_pack.en) as en
    from rule_pack
    group by rule_pack.pack
) as rule_pack on rule_pack.pack = gap_cost.source
where list_contains($rules, gap_cost.rule_idx) and list_contains($places, gap_cost.place_idx)
group by all
order by gap_cost.source;
