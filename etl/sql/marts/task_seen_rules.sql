-- one row per rule that somebody answers for x place that passes or fails it in the month of the
-- data; the evidence is the value and what was demanded: 280 (≥ 300)
insert into task_seen
with charge as (
    select
        unnest(cast($rules as text [])) as source,
        unnest(cast($owners as text [])) as owner,
        unnest(cast($dues as text [])) as due_on
),

judged as (
    select
        charge.source,
        charge.owner,
        charge.due_on,
        rule.level as unit_kind,
        verdict.place_idx,
        verdict.verdict = 'fail' as fails,
        case rule.unit when '%' then 100 else 1 end as factor,
        case rule.unit when '%' then '%' else '' end as sign,
        case
            when not contains('; ' || rule.demand, '; <= ') then '≥'
            when not contains('; ' || rule.demand, '; >= ') then '≤'
            -- of a demand with two ends the one that binds
            when (verdict.verdict = 'fail') = (verdict.value < verdict.threshold) then '≥'
            else '≤'
        end as demanded,
        verdict.value,
        verdict.threshold
    from verdict
    inner join rule on rule.rule_idx = verdict.rule_idx
    inner join charge on charge.source = rule.pack || ':' || rule.rule
    where verdict.verdict in ('pass', 'fail')
)

select
    left(
        sha256(concat_ws(chr(31), 'rule', judged.source, judged.unit_kind, place.unit_id, '')), 12
    ) as task_id,
    'rule' as source_kind,
    judged.source,
    judged.unit_kind,
    place.unit_id,
    null as item,
    false as is_case,
    null as closed_on,
    0 as step,
    $as_of as seen_on,
    judged.fails,
    format('{:.10g}', judged.value * factor) || sign
    || coalesce(
        ' (' || demanded || ' ' || format('{:.10g}', judged.threshold * factor) || sign || ')', ''
    ) as value,
    judged.owner,
    judged.due_on,
    null as due_days,
    null as row,
    false as is_reported
from judged
inner join task_place as place
    on place.unit_kind = judged.unit_kind and place.place_idx = judged.place_idx;
