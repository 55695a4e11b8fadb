-- one row per facility. Order: facility
select
    facility.facility_idx,
    facility.name,
    category.code as category,
    facility.is_open,
    facility.capacity_milli / 1000.0 as capacity,
    facility.floor_area_dm2 / 100.0 as floor_area_m2,
    facility.attributes
from facility
inner join category on category.category_idx = facility.category_idx
order by facility.facility_idx;
