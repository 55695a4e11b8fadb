-- one row per input of a rule at one place: what is known, and where it comes from; parameters rule_idx, place_idx
-- Order: the rule's own
with named as (
    select
        rule.level,
        rule.pack_idx,
        unnest(string_split(rule.inputs, ',')) as name,
        unnest(range(len(string_split(rule.inputs, ',')))) as ordinal
    from rule
    where rule.rule_idx = $rule_idx
)

select
    named.name,
    coalesce(verdict_input.value, rule_param.value) as value,
    verdict_input.word,
    coalesce(verdict_input.origin, case when rule_param.name is not null then 'pack' end) as origin,
    rule_param.zh,
    rule_param.en,
    rule_param.unit,
    coalesce(rule_param.is_inferred, false) as is_inferred,
    coalesce(rule_param.is_own, false) as is_own
from named
left join verdict_input
    on verdict_input.level = named.level and verdict_input.name = named.name
    and verdict_input.place_idx = $place_idx
left join rule_param on rule_param.pack_idx = named.pack_idx and rule_param.name = named.name
where named.name <> ''
order by named.ordinal;
