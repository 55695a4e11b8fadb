-- One row a month x minute: grids at or above the target by people. Parameters: area, category (codes), mode.
select
    h.month,
    h.minute,
    h.on_target,
    h.with_people
from history_target as h
where
    h.area_code = $area
    and h.category = $category
    and h.mode = $mode
order by h.month, h.minute
