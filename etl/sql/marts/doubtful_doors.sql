-- the doors of facilities of which it is doubtful whether they are open, in order
select
    facility.category_idx,
    facility.facility_idx,
    entrance.lon,
    entrance.lat
from facility
inner join entrance on entrance.facility_idx = facility.facility_idx
where facility.status = 'doubtful'
order by facility.category_idx, facility.facility_idx, entrance.entrance_idx;
