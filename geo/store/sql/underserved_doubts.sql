-- One row a grid of [lo, hi) of which something is known that could turn its verdict: the grid itself is doubtful, or a
-- facility of doubtful state lies within the limit. Parameters: category, limit_dm, lo, hi.
select
    g.grid_idx,
    g.reliability = 'C' as is_grid,
    f.facility_id,
    f.name
from grid as g
left join doubtful as d
    on d.category_idx = $category and d.grid_idx = g.grid_idx and d.line_dm <= $limit_dm
left join facility as f on f.facility_idx = d.facility_idx
where g.grid_idx >= $lo and g.grid_idx < $hi and (g.reliability = 'C' or d.grid_idx is not null)
order by g.grid_idx
