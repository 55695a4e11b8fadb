-- one row per applied rule x place; `found` holds positions in the lists verdicts, reasons, clauses and patterns
insert into verdict
select
    rule_idx,
    place_idx,
    $verdicts[verdict + 1] as verdict,
    case when isnan(value) then null else value end as value,
    case when isnan(threshold) then null else threshold end as threshold,
    case when isnan(gap) then null else gap end as gap,
    $clauses[clause + 1] as clause,
    $reasons[reason + 1] as reason,
    $patterns[missing + 1] as missing,
    case when isnan(numerator) then null else numerator end as numerator,
    case when isnan(unknown) then null else unknown end as unknown,
    case when isnan(exempt) then null else exempt end as exempt,
    case when isnan(denominator) then null else denominator end as denominator
from found;
