-- One row a grid of [lo, hi) x mandatory category that it does not meet by a minute: less than nine tenths reached.
-- Parameters: speed, mode, minute, lo, hi, own.
with counted as (
    select category_idx, grid_idx, basis_part as part
    from profile
    where speed_idx = $speed and mode = $mode and minute <= $minute and grid_idx >= $lo and grid_idx < $hi
    union all
    select category_idx, grid_idx, basis_part as part
    from profile_own
    where $own and speed_idx = $speed and mode = $mode and minute <= $minute
        and grid_idx >= $lo and grid_idx < $hi
),

reached as (
    select category_idx, grid_idx, sum(part)::bigint as part
    from counted
    group by category_idx, grid_idx
),

asked as (
    select category_idx
    from category
    where is_mandatory and base_idx is null and facilities + facilities_other > 0
)

select g.grid_idx, a.category_idx
from grid as g
cross join asked as a
left join reached as r on r.category_idx = a.category_idx and r.grid_idx = g.grid_idx
where g.grid_idx >= $lo and g.grid_idx < $hi and g.basis_total > 0
    and coalesce(r.part, 0) * 10 < g.basis_total * 9
order by g.grid_idx, a.category_idx
