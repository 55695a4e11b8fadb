-- One row a drawable shape, in Web Mercator metres, ordered by layer and along a Hilbert curve.
-- i: position within its level (units), facility_idx (facility), else 0. weight: people of a unit, for thinning.
create or replace table tile_shape as
with
    street_kind as (
        select
            e.u,
            e.v,
            e.name,
            case
                when e.kind in ('motorway', 'trunk', 'primary', 'secondary', 'motorway_link', 'trunk_link',
                    'primary_link', 'secondary_link') then 'major'
                when e.kind in ('footway', 'path', 'pedestrian', 'steps', 'track', 'cycleway', 'bridleway',
                    'corridor') then 'path'
                else 'minor'
            end as kind
        from edge as e
        where not exists (select 1 from basemap as b where b.layer = 'roads')
    ),
    street_part as (
        select
            s.kind,
            s.name,
            st_makeline(st_point(a.lon, a.lat), st_point(b.lon, b.lat)) as geom,
            -- cells of about 500 m keep one row's box small
            floor(a.lon * 200) as cell_x,
            floor(a.lat * 200) as cell_y
        from street_kind as s
        inner join node as a on a.node_idx = s.u
        inner join node as b on b.node_idx = s.v
    ),
    lonlat_shape as (
        select
            'grid' as layer,
            g.grid_idx as i,
            null as kind,
            null as name,
            null as level,
            coalesce(g.people_milli, 0) as weight,
            g.geom
        from grid as g
        union all
        select
            a.level,
            row_number() over (partition by a.level order by a.area_idx) - 1,
            null,
            null,
            null,
            coalesce(a.people_milli, 0),
            a.geom
        from area as a
        union all
        -- numbered through within their kind, those without an outline too
        select
            'unit-' || u.kind,
            row_number() over (partition by u.kind order by u.unit_idx) - 1,
            null,
            null,
            null,
            coalesce(u.people_milli, 0),
            u.geom
        from unit as u
        union all
        select b.layer, 0, b.kind, b.name, null, 0, b.geom
        from basemap as b
        union all
        select 'roads', 0, p.kind, p.name, null, 0, st_collect(list(p.geom))
        from street_part as p
        group by p.kind, p.name, p.cell_x, p.cell_y
        union all
        select 'boundary', 0, null, null, b.level, 0, b.geom
        from boundary as b
        union all
        select 'facility', f.facility_idx, c.code, f.name, f.status, 0, st_point(f.lon, f.lat)
        from facility as f
        inner join category as c on c.category_idx = f.category_idx
    ),
    shape as (
        select
            s.layer,
            s.i,
            s.kind,
            s.name,
            s.level,
            s.weight,
            -- a tile takes no mixed collections: of one, its parts of the highest dimension are drawn
            st_transform(st_collectionextract(s.geom), 'EPSG:4326', 'EPSG:3857') as geom
        from lonlat_shape as s
        where s.geom is not null
    )
select
    s.layer,
    s.i::integer as i,
    s.kind,
    s.name,
    s.level,
    s.weight::bigint as weight,
    st_xmin(s.geom) as minx,
    st_ymin(s.geom) as miny,
    st_xmax(s.geom) as maxx,
    st_ymax(s.geom) as maxy,
    s.geom
from shape as s
where not st_isempty(s.geom)
order by
    s.layer,
    st_hilbert(s.geom, {
        'min_x': -20037508.4, 'min_y': -20037508.4, 'max_x': 20037508.4, 'max_y': 20037508.4
    }::box_2d),
    s.i
