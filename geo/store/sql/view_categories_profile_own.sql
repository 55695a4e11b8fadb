-- One row a category x minute in which something is newly reached in one area; milli or dm2.
-- Parameters: speed, mode (codes), area (area_idx). Order: category, minute.
-- Counts only the facilities of one's own district: the profile plus its stored difference.
with counted as (
    select
        p.category_idx as unit,
        p.minute,
        p.basis_part as amount
    from area_profile as p
    where
        p.speed_idx = $speed
        and p.mode = $mode
        and p.area_idx = $area
    union all
    select
        p.category_idx as unit,
        p.minute,
        p.basis_part as amount
    from area_profile_own as p
    where
        p.speed_idx = $speed
        and p.mode = $mode
        and p.area_idx = $area
)

select
    c.unit,
    c.minute,
    sum(c.amount)::bigint as amount
from counted as c
group by c.unit, c.minute
order by c.unit, c.minute
