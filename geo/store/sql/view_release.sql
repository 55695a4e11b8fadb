-- One row: what the release says of itself.
select
    r.city,
    r.as_of,
    r.is_synthetic,
    r.has_network,
    r.has_people,
    r.demand_method,
    r.standards,
    r.target_share,
    r.map_approval,
    r.security,
    r.attribution,
    r.evening,
    r.weekend,
    (select count(*) from grid) as grids
from release as r
