-- one row per component that a rule lists, and whether the place's list names it; parameters rule_idx, place_idx
-- Order: the rule's own. Lists are known of communities
with listed as (
    select
        rule.level,
        unnest(string_split(rule.components, ',')) as code,
        unnest(range(len(string_split(rule.components, ',')))) as ordinal
    from rule
    where rule.rule_idx = $rule_idx and rule.components is not null
)

select
    listed.code,
    component.zh,
    component.en,
    exists (
        select 1
        from community_component
        where listed.level = 'community'
            and community_component.area_idx = $place_idx
            and community_component.component = listed.code
    ) as is_listed
from listed
left join component on component.code = listed.code
order by listed.ordinal;
