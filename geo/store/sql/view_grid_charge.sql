-- view_grid_charge
-- One row: who answers for a grid, and what it is part of. Parameter: grid (grid_idx).
select
    g.level,
    coalesce(above.name, unit_above.name, area_above.name) as parent,
    g.party_org,
    c.name as committee,
    g.workers,
    g.has_worker,
    g.duty
from grid as g
left join unit as c on c.unit_idx = g.committee_idx
left join grid as above on above.grid_id = g.parent_id
left join unit as unit_above on unit_above.unit_id = g.parent_id and above.grid_id is null
left join area as area_above
    on area_above.code = g.parent_id and above.grid_id is null and unit_above.unit_id is null
where g.grid_idx = $grid
order by unit_above.unit_idx
limit 1
