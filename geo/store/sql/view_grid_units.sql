-- view_grid_units
-- One row a further place that lies in one grid. Order: unit_idx. Parameters: grid (grid_idx), most.
select
    u.kind,
    k.zh,
    k.en,
    u.unit_id as id,
    u.name,
    u.attributes
from unit as u
inner join unit_kind as k on k.kind = u.kind
where u.grid_idx = $grid and u.kind <> 'committee'
order by u.unit_idx
limit $most
