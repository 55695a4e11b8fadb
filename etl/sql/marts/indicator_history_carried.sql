-- one row per indicator x area x period of table earlier_indicators, but of the periods that this
-- release speaks of itself: a period is taken whole from one release, so that its parts add up.
-- $since YYYY: older ones are left behind
insert into indicator_history
select
    earlier.id,
    earlier.area_code,
    earlier.period,
    earlier.numerator,
    earlier.denominator,
    earlier.is_withheld,
    earlier.formula
from earlier_indicators as earlier
where earlier.period >= $since and not exists (
    select 1
    from indicator_history as own
    where own.id = earlier.id and own.period = earlier.period
)
order by earlier.id, earlier.area_code, earlier.period;
