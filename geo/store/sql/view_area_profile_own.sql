-- One row an area x minute in which something is newly reached, for a run of areas; milli or dm2.
-- Parameters: speed, category, mode (codes), areas (list of area_idx). Order: area, minute.
-- Counts only the facilities of one's own district: the profile plus its stored difference.
with counted as (
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
    union all
    select
        p.area_idx as unit,
        p.minute,
        p.basis_part as amount
    from area_profile_own as p
    where
        p.speed_idx = $speed
        and p.category_idx = $category
        and p.mode = $mode
        and p.area_idx in (select unnest($areas))
)

select
    c.unit,
    c.minute,
    sum(c.amount)::bigint as amount
from counted as c
group by c.unit, c.minute
order by c.unit, c.minute
