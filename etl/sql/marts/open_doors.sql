-- one row per entrance of an open facility, by category, then facility; evening and weekend: known to
-- be open then
select
    facility.category_idx,
    facility.facility_idx,
    facility.district_idx,
    entrance.entrance_idx,
    entrance.lon,
    entrance.lat,
    coalesce(facility.is_open_evening, false) as evening,
    coalesce(facility.is_open_weekend, false) as weekend
from entrance
inner join facility on facility.facility_idx = entrance.facility_idx
where facility.is_open
order by facility.category_idx, facility.facility_idx, entrance.entrance_idx;
