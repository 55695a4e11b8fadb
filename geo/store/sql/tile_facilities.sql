-- One blob: MVT layer `facilities` with n, i, name, status, hours; where cell > 0 the open ones of a cell are one
-- point. status is open only where the facility counts; of others it says why not: the state, rented, not_shared,
-- or with an opening (evening, weekend; empty: any hour) shut_then and hours_unknown.
-- Every point lies in exactly one tile. Parameters in Web Mercator metres: west south east north cell; scale;
-- category (code; `all` means every mandatory one).
with
    inside as (
        select
            t.i,
            t.name,
            case
                when f.uncounted is distinct from 'status' and f.uncounted is not null then f.uncounted
                when t.level <> 'open' or $opening = '' then t.level
                when case $opening when 'evening' then f.is_open_evening else f.is_open_weekend end
                    then 'open'
                when case $opening when 'evening' then f.is_open_evening else f.is_open_weekend end
                    is null
                    then 'hours_unknown'
                else 'shut_then'
            end as status,
            f.hours,
            t.minx as x,
            t.miny as y
        from tile_shape as t
        inner join facility as f on f.facility_idx = t.i
        where
            t.layer = 'facility'
            and (
                t.kind = $category
                or ($category = 'all' and t.kind in (select c.code from category as c where c.is_mandatory))
            )
            and t.minx >= $west
            and t.minx < $east
            and t.miny > $south
            and t.miny <= $north
    ),
    grouped as (
        select
            count(*)::integer as n,
            min(g.i)::integer as i,
            min(g.name) as name,
            g.status,
            case when count(*) = 1 then min(g.hours) end as hours,
            avg(g.x) as x,
            avg(g.y) as y
        from inside as g
        group by
            g.status,
            case when $cell > 0 then floor((g.x - $west) / $cell) else g.i end,
            case when $cell > 0 then floor((g.y - $south) / $cell) else 0 end
    ),
    drawn as (
        select
            g.n,
            g.i,
            g.name,
            g.status,
            g.hours,
            st_affine(
                st_point(g.x, g.y), $scale, 0, 0, -$scale, -$west * $scale, $north * $scale
            ) as geom
        from grouped as g
        order by g.i
    )
select case when count(*) > 0 then st_asmvt(d, 'facilities', 4096, 'geom') end as tile
from drawn as d
