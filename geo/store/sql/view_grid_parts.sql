-- One row a grid of [lo, hi): what it has and what of it is reached by a minute; whole is null where unknown.
-- Parameters: speed, category, mode (codes), minute, lo, hi (grid_idx), own (only the facilities of the grid's own
-- district count), by_gap (only grids with a gap, the largest first; else every grid in order), wanted and skipped
-- (rows). all: rows without the limit.
with
    counted as (
        select
            p.grid_idx,
            p.basis_part as part
        from profile as p
        where
            p.speed_idx = $speed
            and p.category_idx = $category
            and p.mode = $mode
            and p.minute <= $minute
            and p.grid_idx >= $lo
            and p.grid_idx < $hi
        union all
        select
            p.grid_idx,
            p.basis_part as part
        from profile_own as p
        where
            $own
            and p.speed_idx = $speed
            and p.category_idx = $category
            and p.mode = $mode
            and p.minute <= $minute
            and p.grid_idx >= $lo
            and p.grid_idx < $hi
    ),
    reached as (
        select
            c.grid_idx,
            sum(c.part)::bigint as part
        from counted as c
        group by c.grid_idx
    ),
    known as (
        select
            g.grid_idx,
            g.basis_total as whole,
            coalesce(r.part, 0) as part
        from grid as g
        left join reached as r on r.grid_idx = g.grid_idx
        where g.grid_idx >= $lo and g.grid_idx < $hi
    )
select
    k.grid_idx,
    k.whole,
    k.part,
    count(*) over () as "all"
from known as k
where not $by_gap or k.whole > k.part
order by
    case when $by_gap then k.part - k.whole end,
    k.grid_idx
limit $wanted offset $skipped
