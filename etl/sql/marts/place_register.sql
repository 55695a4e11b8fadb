-- one row per place that a row of a table may speak of, with the areas above it
create or replace temp view place_register as
select
    'grid' as unit,
    grid_idx as place_idx,
    grid_id as code,
    name,
    community_idx,
    street_idx,
    district_idx
from grid
union all
-- every grid of an area has the same areas above it
select
    area.level,
    area.area_idx,
    area.code,
    area.name,
    null,
    case when area.level = 'community' then grid.street_idx end,
    case when area.level in ('community', 'street') then grid.district_idx end
from area
inner join grid on grid.grid_idx = area.grid_lo
union all
select
    'facility' as unit,
    facility.facility_idx,
    facility.facility_id,
    facility.name,
    grid.community_idx,
    grid.street_idx,
    facility.district_idx
from facility
left join grid on grid.grid_idx = facility.grid_idx
union all
select
    unit.kind,
    unit.unit_idx,
    unit.unit_id,
    unit.name,
    unit.community_idx,
    unit.street_idx,
    unit.district_idx
from unit;
