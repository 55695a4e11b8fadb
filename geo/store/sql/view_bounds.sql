-- One row: the extent of the city in degrees, west south east north.
select
    st_xmin(a.geom) as west,
    st_ymin(a.geom) as south,
    st_xmax(a.geom) as east,
    st_ymax(a.geom) as north
from area as a
order by a.area_idx
limit 1
