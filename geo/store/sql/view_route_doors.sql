-- One row an entrance of a facility that touches a street. Parameter: facility (facility_idx).
select
    e.lon,
    e.lat,
    s.edge_idx,
    s.from_u_cm,
    s.from_v_cm,
    s.leg_cm
from entrance as e
inner join snap as s on s.kind = 'entrance' and s.idx = e.entrance_idx
where e.facility_idx = $facility
order by e.entrance_idx
