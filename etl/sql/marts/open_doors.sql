-- one row per entrance of an open facility, by category, then facility
select
    facility.category_idx,
    facility.facility_idx,
    facility.district_idx,
    entrance.entrance_idx,
    entrance.lon,
    entrance.lat
from entrance
inner join facility on facility.facility_idx = entrance.facility_idx
where facility.is_open
order by facility.category_idx, facility.facility_idx, entrance.entrance_idx;
