-- One row a facility or grid that is not what it was, in an area or near it; the heaviest first.
-- Parameters: area (code; null: everywhere), categories (codes), west, south, east, north (degrees).
select
    d.kind,
    d.what,
    d.id,
    d.name,
    d.category,
    d.lon,
    d.lat,
    d.metres,
    d.before,
    d.after,
    d.detail,
    d.dated,
    d.served_milli,
    coalesce($area is null or $area in (d.district, d.street, d.community), false) as is_inside
from difference as d
where
    (d.what = 'grid' or d.category in (select unnest($categories)))
    and d.kind <> 'moved'
    and (
        $area is null
        or $area in (d.district, d.street, d.community)
        or (
            d.what = 'facility'
            and d.lon between $west and $east
            and d.lat between $south and $north
        )
    )
order by
    coalesce(
        d.served_milli,
        abs(coalesce(try_cast(d.after as bigint), 0) - coalesce(try_cast(d.before as bigint), 0)),
        0
    ) desc,
    d.difference_idx
