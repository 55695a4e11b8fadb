-- one row per area: what an indicator was at the latest earlier period that a release carried here,
-- by the formula of today; $indicator id, $shown the period on the screen (YYYY-MM or YYYY); by area
with earlier as (
    select
        indicator_history.area_code,
        indicator_history.period,
        indicator_history.is_withheld,
        case
            when not indicator.is_share then indicator_history.numerator
            else indicator_history.numerator / nullif(indicator_history.denominator, 0)
        end as value
    from indicator_history
    inner join indicator
        on indicator.id = indicator_history.id and indicator.formula = indicator_history.formula
    where indicator.id = $indicator
        and indicator_history.period < $shown
        and length(indicator_history.period) = length($shown)
)

select
    earlier.area_code as unit_id,
    earlier.period,
    earlier.value
from earlier
where earlier.period = (select max(latest.period) from earlier as latest)
    and not earlier.is_withheld
order by earlier.area_code;
