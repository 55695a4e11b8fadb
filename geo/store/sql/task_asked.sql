-- the tasks of a question, whatever their state; null is all, an empty $owner those without one
select shown.*
from shown
left join area as within on within.code = $area
where ($task is null or shown.task = $task)
    and ($owner is null or coalesce(shown.owner, '') = $owner)
    and ($kind is null or shown.kind = $kind)
    and ($source is null or shown.source = $source)
    and ($unit is null or shown.unit_kind = $unit)
    and ($place is null or shown.unit_id = $place)
    and ($area is null or (shown.grid_lo >= within.grid_lo and shown.grid_hi <= within.grid_hi))
    and (
        $grid is null
        or (shown.grid_lo = $grid and shown.grid_hi = $grid + 1 and shown.grid_id is not null)
    )
