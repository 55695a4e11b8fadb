-- one row per reference that leads nowhere
select 'area.parent_idx' as reference, area.area_idx as idx
from area
left join area as parent on parent.area_idx = area.parent_idx
where area.level <> 'city' and parent.area_idx is null
union all
select 'grid.community_idx' as reference, grid.grid_idx as idx
from grid
left join area on area.area_idx = grid.community_idx and area.level = 'community'
where grid.community_idx is not null and area.area_idx is null
union all
select 'facility without entrance' as reference, facility.facility_idx as idx
from facility
where facility.facility_idx not in (select facility_idx from entrance)
union all
select 'entrance.facility_idx' as reference, entrance.entrance_idx as idx
from entrance
where entrance.facility_idx not in (select facility_idx from facility)
union all
select 'grid without demand' as reference, grid.grid_idx as idx
from grid
where grid.grid_idx not in (select grid_idx from demand)
union all
select 'nearest.facility' as reference, nearest.grid_idx as idx
from nearest
where nearest.nearest_facility_idx is not null
    and nearest.nearest_facility_idx not in (select facility_idx from facility where is_open)
union all
select 'reach.facility' as reference, reach.demand_idx as idx
from reach
where reach.line_facility_idx not in (select facility_idx from facility where is_open)
order by reference, idx;
