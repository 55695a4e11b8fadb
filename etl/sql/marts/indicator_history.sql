-- one row per indicator x area x period that the ledgers of this release speak of; one without
-- periods speaks of the month of the data
insert into indicator_history
select
    indicator.id,
    area.code as area_code,
    coalesce(indicator_value.period, release.as_of) as period,
    indicator_value.numerator,
    indicator_value.denominator,
    indicator_value.is_withheld,
    indicator.formula
from indicator_value
inner join indicator on indicator.indicator_idx = indicator_value.indicator_idx
inner join area
    on area.level = indicator_value.level and area.area_idx = indicator_value.place_idx
cross join release
order by indicator.id, area.code, period;
