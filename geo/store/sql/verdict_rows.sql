-- one row per applied rule x place that it applies to; parameters pack, rule, level, area (its code: itself and all
-- within it), place (position in its level), null for all. Order: pack, rule, place
select
    coalesce(community.code, case when rule.level = 'community' then area.code end) as community,
    rule.pack,
    rule.rule,
    verdict.verdict,
    verdict.value,
    verdict.threshold,
    verdict.gap,
    rule.unit,
    verdict.clause,
    rule.formula,
    rule.level as unit_kind,
    coalesce(grid.grid_id, area.code, facility.facility_id, unit.unit_id) as unit_id,
    coalesce(grid.name, area.name, facility.name, unit.name) as unit_name,
    verdict.reason,
    verdict.missing,
    rule.severity,
    rule.confidence,
    verdict.numerator,
    verdict.unknown,
    verdict.exempt,
    verdict.denominator,
    verdict.rule_idx,
    verdict.place_idx
from verdict
inner join rule on rule.rule_idx = verdict.rule_idx
left join grid on rule.level = 'grid' and grid.grid_idx = verdict.place_idx
left join area on area.level = rule.level and area.area_idx = verdict.place_idx
left join facility on rule.level = 'facility' and facility.facility_idx = verdict.place_idx
left join unit on unit.kind = rule.level and unit.unit_idx = verdict.place_idx
left join grid as standing on standing.grid_idx = coalesce(facility.grid_idx, grid.grid_idx)
left join area as community
    on community.area_idx = coalesce(standing.community_idx, unit.community_idx)
left join area as asked on asked.code = $area
where ($pack is null or rule.pack = $pack)
    and ($rule is null or rule.rule = $rule)
    and ($level is null or rule.level = $level)
    and ($place is null or verdict.place_idx = $place)
    and (
        $area is null
        or standing.grid_idx between asked.grid_lo and asked.grid_hi - 1
        or (area.grid_lo >= asked.grid_lo and area.grid_hi <= asked.grid_hi)
        or (unit.unit_idx is not null and (
            asked.level = 'city'
            or asked.area_idx in (unit.community_idx, unit.street_idx, unit.district_idx)
        ))
    )
order by verdict.rule_idx, verdict.place_idx;
