-- one row per applied rule x area above the places of its level: how many passed, failed, or cannot be told
insert into verdict_count
with judged as (
    select
        rule.rule_idx,
        rule.level,
        rule.category,
        rule.unit,
        verdict.place_idx,
        verdict.verdict,
        verdict.reason,
        verdict.gap
    from rule
    inner join verdict on verdict.rule_idx = rule.rule_idx
),

places as (
    select
        place_chain.unit as level,
        place_chain.level_idx as area_idx,
        count(*) as places
    from place_chain
    inner join area on area.area_idx = place_chain.level_idx and area.level = place_chain.level
    where not place_chain.is_side
    group by all
),

counted as (
    select
        judged.rule_idx,
        judged.level,
        area.area_idx,
        count(*) filter (where judged.verdict = 'pass') as passed,
        count(*) filter (where judged.verdict = 'fail') as failed,
        count(*) filter (where judged.verdict = 'borderline') as borderline,
        count(*) filter (
            where judged.verdict = 'not_assessable' and judged.reason not in ('exempt', 'reference')
        ) as not_assessable,
        count(*) filter (where judged.reason = 'exempt') as exempt,
        count(*) as judged,
        any_value(judged.category) as category,
        -- shares of different places do not add up
        sum(judged.gap) filter (where judged.unit not in ('%', '')) as gap
    from judged
    inner join place_chain
        on place_chain.unit = judged.level and place_chain.place_idx = judged.place_idx
        and not place_chain.is_side
    inner join area on area.area_idx = place_chain.level_idx and area.level = place_chain.level
    group by all
)

select
    counted.rule_idx,
    counted.area_idx,
    counted.passed,
    counted.failed,
    counted.borderline,
    counted.not_assessable,
    counted.exempt,
    case when counted.category is null then places.places - counted.judged else 0 end
        as not_applicable,
    counted.gap
from counted
inner join places on places.level = counted.level and places.area_idx = counted.area_idx
order by counted.rule_idx, counted.area_idx;
