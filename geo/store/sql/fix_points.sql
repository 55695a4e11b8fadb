-- One row a demand point of a box, with where it touches a street (-1: nowhere). Parameters: west, south, east, north.
select
    d.demand_idx,
    d.lon,
    d.lat,
    coalesce(d.basis_total, 0) as amount,
    coalesce(s.edge_idx, -1) as edge_idx,
    coalesce(s.from_u_cm, 0) as from_u_cm,
    coalesce(s.from_v_cm, 0) as from_v_cm,
    coalesce(s.leg_cm, 0) as leg_cm
from demand as d
left join snap as s on s.kind = 'demand' and s.idx = d.demand_idx
where d.lon between $west and $east and d.lat between $south and $north
order by d.demand_idx
