-- One row a grid of [lo, hi): what it has and what of it is reached by a minute; whole is null where unknown.
-- Parameters: speed, category, mode (codes), minute, lo, hi (grid_idx), by_gap (only grids with a gap, the largest
-- first; else every grid in order), wanted and skipped (rows). all: rows without the limit.
with
    reached as (
        select
            p.grid_idx,
            sum(p.basis_part)::bigint as part
        from profile as p
        where
            p.speed_idx = $speed
            and p.category_idx = $category
            and p.mode = $mode
            and p.minute <= $minute
            and p.grid_idx >= $lo
            and p.grid_idx < $hi
        group by p.grid_idx
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
