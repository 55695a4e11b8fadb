-- One row a grid of [lo, hi) whose people and supply are known: units of capacity per person, and who lives there.
-- Parameters: category, mode, lo, hi.
select
    k.access,
    g.people_milli as people,
    g.elderly_milli as elderly,
    g.children_milli as children
from capacity as k
inner join grid as g on g.grid_idx = k.grid_idx
where k.category_idx = $category and k.mode = $mode and k.method = '2sfca'
    and k.access is not null and g.people_milli is not null
    and k.grid_idx >= $lo and k.grid_idx < $hi
order by k.grid_idx
