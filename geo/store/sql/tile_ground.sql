-- One blob: one MVT layer of the ground with kind, name and level, without what is smaller than half a pixel.
-- Parameters in Web Mercator metres: west south east north margin pixel large; scale (tile units a metre);
-- layer; kinds (road classes drawn at this zoom; a bridge has the class of its road).
with
    near as (
        select
            t.i,
            t.kind,
            t.name,
            t.level,
            greatest(t.maxx - t.minx, t.maxy - t.miny) as width,
            t.geom
        from tile_shape as t
        where
            t.layer = $layer
            and t.maxx >= $west - $margin
            and t.minx <= $east + $margin
            and t.maxy >= $south - $margin
            and t.miny <= $north + $margin
            and ($layer <> 'roads' or replace(coalesce(t.kind, 'minor'), '_bridge', '')
                in (select unnest($kinds)))
    ),
    clipped as (
        select
            n.kind,
            n.name,
            n.level,
            case
                when n.width > $large then coalesce(
                    try(st_collectionextract(st_intersection(n.geom, st_makeenvelope(
                        $west - $margin, $south - $margin, $east + $margin, $north + $margin
                    )))),
                    n.geom
                )
                else n.geom
            end as geom
        from near as n
        where n.width >= $pixel
    ),
    drawn as (
        select
            c.kind,
            c.name,
            c.level,
            st_affine(
                c.geom, $scale, 0, 0, -$scale, -$west * $scale, $north * $scale
            ) as geom
        from clipped as c
        where not st_isempty(c.geom)
    )
select case when count(*) > 0 then st_asmvt(d, $layer, 4096, 'geom') end as tile
from drawn as d
