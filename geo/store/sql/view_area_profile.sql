-- One row an area x minute in which something is newly reached, for a run of areas; milli or dm2.
-- Parameters: speed, category, mode (codes), areas (list of area_idx). Order: area, minute.
select
    p.area_idx as unit,
    p.minute,
    p.basis_part as amount
from area_profile as p
where
    p.speed_idx = $speed
    and p.category_idx = $category
    and p.mode = $mode
    and p.area_idx in (select unnest($areas))
order by p.area_idx, p.minute
