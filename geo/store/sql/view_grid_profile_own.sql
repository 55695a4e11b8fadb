-- One row a grid x minute in which something is newly reached, for the grids [lo, hi); milli or dm2.
-- Parameters: speed, category, mode (codes), lo, hi (grid_idx). Order: grid, minute.
-- Counts only the facilities of one's own district: the profile plus its stored difference.
with counted as (
    select
        p.grid_idx as unit,
        p.minute,
        p.basis_part as amount
    from profile as p
    where
        p.speed_idx = $speed
        and p.category_idx = $category
        and p.mode = $mode
        and p.grid_idx >= $lo
        and p.grid_idx < $hi
    union all
    select
        p.grid_idx as unit,
        p.minute,
        p.basis_part as amount
    from profile_own as p
    where
        p.speed_idx = $speed
        and p.category_idx = $category
        and p.mode = $mode
        and p.grid_idx >= $lo
        and p.grid_idx < $hi
)

select
    c.unit,
    c.minute,
    sum(c.amount)::bigint as amount
from counted as c
group by c.unit, c.minute
order by c.unit, c.minute
