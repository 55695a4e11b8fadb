-- one row per applied rule: its words and the counts of its verdicts in an area; parameter area (code). Order: rule
select
    rule.rule_idx,
    rule.pack,
    rule.rule,
    rule.zh,
    rule.en,
    rule.clause,
    rule.level,
    rule.applies,
    rule.formula,
    rule.demand,
    rule.unit,
    rule.severity,
    rule.confidence,
    rule.components,
    rule.note_zh,
    rule.note_en,
    coalesce(verdict_count.passed, 0) as passed,
    coalesce(verdict_count.failed, 0) as failed,
    coalesce(verdict_count.borderline, 0) as borderline,
    coalesce(verdict_count.not_assessable, 0) as not_assessable,
    coalesce(verdict_count.exempt, 0) as exempt,
    verdict_count.not_applicable,
    verdict_count.gap
from rule
inner join rule_pack on rule_pack.pack_idx = rule.pack_idx and rule_pack.is_applied
left join area on area.code = $area
left join verdict_count
    on verdict_count.rule_idx = rule.rule_idx and verdict_count.area_idx = area.area_idx
order by rule.rule_idx;
