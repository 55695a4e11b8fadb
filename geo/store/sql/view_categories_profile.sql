-- One row a category x minute in which something is newly reached in one area; milli or dm2.
-- Parameters: speed, mode (codes), area (area_idx). Order: category, minute.
select
    p.category_idx as unit,
    p.minute,
    p.basis_part as amount
from area_profile as p
where
    p.speed_idx = $speed
    and p.mode = $mode
    and p.area_idx = $area
order by p.category_idx, p.minute
