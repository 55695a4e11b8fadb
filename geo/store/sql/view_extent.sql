-- One row: the extent of one area in degrees. Parameter: area (area_idx).
select
    st_xmin(a.geom) as west,
    st_ymin(a.geom) as south,
    st_xmax(a.geom) as east,
    st_ymax(a.geom) as north
from area as a
where a.area_idx = $area
order by a.area_idx
