-- One blob: MVT layer `units` with `i`; of the shapes under half a pixel the one with most people a pixel.
-- Parameters in Web Mercator metres: west south east north margin pixel large; scale (tile units a metre); layer.
with
    near as (
        select
            t.i,
            t.weight,
            t.minx,
            t.miny,
            greatest(t.maxx - t.minx, t.maxy - t.miny) as width,
            t.geom
        from tile_shape as t
        where
            t.layer = $layer
            and t.maxx >= $west - $margin
            and t.minx <= $east + $margin
            and t.maxy >= $south - $margin
            and t.miny <= $north + $margin
    ),
    thinned as (
        select
            n.i,
            n.width,
            n.geom
        from near as n
        qualify
            n.width >= $pixel
            or row_number() over (
                partition by n.width >= $pixel, floor(n.minx / $pixel), floor(n.miny / $pixel)
                order by n.weight desc, n.i
            ) = 1
    ),
    clipped as (
        select
            t.i,
            case
                when t.width > $large then coalesce(
                    try(st_collectionextract(st_intersection(t.geom, st_makeenvelope(
                        $west - $margin, $south - $margin, $east + $margin, $north + $margin
                    )), 3)),
                    t.geom
                )
                else t.geom
            end as geom
        from thinned as t
    ),
    drawn as (
        select
            c.i,
            st_affine(
                c.geom, $scale, 0, 0, -$scale, -$west * $scale, $north * $scale
            ) as geom
        from clipped as c
        where not st_isempty(c.geom)
        order by c.i
    )
select case when count(*) > 0 then st_asmvt(d, 'units', 4096, 'geom') end as tile
from drawn as d
