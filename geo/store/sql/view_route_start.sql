-- At most one row: the first demand point of a grid whose walk to a facility is so long, and where it touches a street.
-- Parameters: category (the facility's), grid (grid_idx), facility (facility_idx), dm, own (only the facilities of the
-- grid's own district count).
with answered as (
    select
        r.demand_idx,
        case when o.demand_idx is null then r.walk_dm else o.walk_dm end as walk_dm,
        case when o.demand_idx is null then r.walk_facility_idx else o.walk_facility_idx end as facility_idx
    from reach as r
    left join reach_own as o
        on $own and o.category_idx = r.category_idx and o.demand_idx = r.demand_idx
    where r.category_idx = $category
        and r.demand_idx in (select d.demand_idx from demand as d where d.grid_idx = $grid)
)

select
    d.lon,
    d.lat,
    s.edge_idx,
    s.from_u_cm,
    s.from_v_cm,
    s.leg_cm
from answered as a
inner join demand as d on d.demand_idx = a.demand_idx
inner join snap as s on s.kind = 'demand' and s.idx = a.demand_idx
where a.walk_dm = $dm and a.facility_idx = $facility
order by a.demand_idx
limit 1
