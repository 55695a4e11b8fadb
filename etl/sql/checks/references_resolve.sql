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
union all
select 'grid.committee_idx' as reference, grid.grid_idx as idx
from grid
left join unit on unit.unit_idx = grid.committee_idx and unit.kind = 'committee'
where grid.committee_idx is not null and unit.unit_idx is null
union all
select 'unit.kind' as reference, unit.unit_idx as idx
from unit
where unit.kind not in (select kind from unit_kind)
union all
-- a place lies in a community of its street, and in the district of that street
select 'unit.area' as reference, unit.unit_idx as idx
from unit
left join area as community
    on community.area_idx = unit.community_idx and community.level = 'community'
left join area as street on street.area_idx = unit.street_idx and street.level = 'street'
left join area as district
    on district.area_idx = unit.district_idx and district.level = 'district'
where (unit.community_idx is not null and community.area_idx is null)
    or (unit.street_idx is not null and street.area_idx is null)
    or (unit.district_idx is not null and district.area_idx is null)
    or not coalesce(community.grid_lo >= street.grid_lo and community.grid_hi <= street.grid_hi, true)
    or not coalesce(street.grid_lo >= district.grid_lo and street.grid_hi <= district.grid_hi, true)
order by reference, idx;
