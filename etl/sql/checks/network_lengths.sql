-- one row per street that is not one, or place that is not on its street
select 'edge' as what, edge_idx as idx
from edge
where length_cm <= 0 or u >= v
union all
select 'edge node' as what, edge_idx as idx
from edge
where v > (select max(node_idx) from node)
union all
select snap.kind as what, snap.idx
from snap
left join edge on edge.edge_idx = snap.edge_idx
where edge.edge_idx is null or snap.leg_cm < 0 or snap.from_u_cm < 0 or snap.from_v_cm < 0
    or snap.from_u_cm + snap.from_v_cm < edge.length_cm
order by what, idx;
