-- One row a street segment between two nodes of a box, and the wanted segments wherever they lie, with the places of
-- both ends. Parameters: west, south, east, north (degrees), edges (list of edge_idx). Order: edge.
with wanted as (
    select unnest([e.u, e.v]) as node_idx
    from edge as e
    where e.edge_idx in (select unnest($edges))
),

near as (
    select
        n.node_idx,
        n.lon,
        n.lat
    from node as n
    where (n.lon between $west and $east and n.lat between $south and $north)
        or n.node_idx in (select w.node_idx from wanted as w)
)

select
    e.edge_idx,
    e.u,
    e.v,
    e.length_cm,
    a.lon as u_lon,
    a.lat as u_lat,
    b.lon as v_lon,
    b.lat as v_lat
from edge as e
inner join near as a on a.node_idx = e.u
inner join near as b on b.node_idx = e.v
order by e.edge_idx
