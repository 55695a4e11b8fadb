-- One row a grid of [lo, hi) with people: what lies within the category's own radius straight, and on foot.
-- Parameters: category, lo, hi.
select
    g.grid_idx,
    g.basis_total as whole,
    coalesce(l.basis_part, 0) as line,
    coalesce(w.basis_part, 0) as walk
from grid as g
left join profile_standard as l
    on l.category_idx = $category and l.mode = 0 and l.grid_idx = g.grid_idx
left join profile_standard as w
    on w.category_idx = $category and w.mode = 1 and w.grid_idx = g.grid_idx
where g.grid_idx >= $lo and g.grid_idx < $hi and g.basis_total > 0
order by g.grid_idx
