-- view_unit_latest
-- One row of indicator_value an indicator: the latest of a further place, not after the month of the data. Parameters: unit (unit_idx).
select indicator_value.rowid as row_idx
from indicator_value
inner join unit on unit.kind = indicator_value.level and unit.unit_idx = indicator_value.place_idx
cross join release
where
    unit.unit_idx = $unit
    and coalesce(left(indicator_value.period, 7), '') <= release.as_of
qualify
    row_number() over (
        partition by indicator_value.indicator_idx
        order by indicator_value.period desc nulls last
    ) = 1
