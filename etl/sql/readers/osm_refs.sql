-- Grain: one row a node of a way, in the order of the way. `walkable(id)` is registered by the reader.
-- Parameters: $path the .osm.pbf file.
with placed as (
    select
        way.id,
        unnest(way.refs) as ref,
        generate_subscripts(way.refs, 1) as place
    from st_readosm($path) as way
    where way.kind = 'way' and way.id in (select id from walkable)
)

select id, ref
from placed
order by id, place;
