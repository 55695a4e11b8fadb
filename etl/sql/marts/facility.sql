-- one row per facility, from the leading row of each id
insert into facility by name
select
    facility_key.facility_idx,
    facility_key.facility_id,
    stg_facility.category_idx,
    stg_facility.name,
    stg_facility.status,
    stg_facility.uncounted is null as is_open,
    stg_facility.capacity_milli,
    stg_facility.floor_area_dm2,
    facility_place.grid_idx,
    grid.district_idx,
    stg_facility.source,
    stg_facility.row,
    stg_facility.lon,
    stg_facility.lat,
    stg_facility.attributes,
    stg_facility.hours,
    stg_facility.is_open_evening,
    stg_facility.is_open_weekend,
    stg_facility.uncounted
from facility_key
inner join stg_facility on stg_facility.pos = facility_key.pos
left join facility_place on facility_place.pos = facility_key.pos
left join grid on grid.grid_idx = facility_place.grid_idx
order by facility_key.facility_idx;
