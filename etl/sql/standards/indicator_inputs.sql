-- one row per indicator x place of a level with a value: that of the last period; parameter: level. Order: both
select
    indicator.id,
    indicator_value.place_idx,
    last(
        case
            when not indicator.is_share then indicator_value.numerator
            else indicator_value.numerator / nullif(indicator_value.denominator, 0)
        end
        order by indicator_value.period nulls first
    ) as value
from indicator_value
inner join indicator on indicator.indicator_idx = indicator_value.indicator_idx
where indicator_value.level = $level and not indicator_value.is_withheld
group by all
order by indicator.id, indicator_value.place_idx;
