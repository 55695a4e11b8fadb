-- one row per community: the middle of its people, weighted, and each open station in it; null where there is none
-- Order: community, station
with lived as (
    select
        grid.community_idx as area_idx,
        sum(demand.lon * demand.people_milli) / sum(demand.people_milli) as lon,
        sum(demand.lat * demand.people_milli) / sum(demand.people_milli) as lat
    from demand
    inner join grid on grid.grid_idx = demand.grid_idx
    where demand.people_milli > 0 and grid.community_idx is not null
    group by all
),

station as (
    select
        grid.community_idx as area_idx,
        facility.facility_idx,
        facility.lon,
        facility.lat
    from facility
    inner join category on category.category_idx = facility.category_idx
    inner join grid on grid.grid_idx = facility.grid_idx
    where category.code = 'ADM_STATION' and facility.is_open
)

select
    lived.area_idx,
    lived.lon,
    lived.lat,
    station.lon as station_lon,
    station.lat as station_lat
from lived
inner join station on station.area_idx = lived.area_idx
order by lived.area_idx, station.facility_idx;
