-- withholds periods of earlier releases that have a count under the floor of today: all below the
-- city, and the city where it is small itself, so that nothing follows by subtraction
update indicator_history
set numerator = null, denominator = null, is_withheld = true
from indicator, (
    select
        small.id,
        small.period
    from indicator_history as small
    inner join indicator on indicator.id = small.id
    where least(small.numerator, coalesce(small.denominator, small.numerator)) < indicator.floor
    group by small.id, small.period
) as told
where indicator.id = indicator_history.id
    and told.id = indicator_history.id and told.period = indicator_history.period
    and not exists (
        select 1
        from area
        where area.level = 'city' and area.code = indicator_history.area_code
            and least(
                indicator_history.numerator,
                coalesce(indicator_history.denominator, indicator_history.numerator)
            ) >= indicator.floor
    );
