-- one row per place x area that holds it, and itself: where the rows of a ledger are added up; a place
-- of which no area is known is the city's. is_side: a way up beside the one from level to level, by
-- which a part withheld on the other could be had
create or replace temp table place_chain as
with ranked as (
    select
        *,
        case level when 'city' then 0 when 'district' then 1 when 'street' then 2 else 3 end
            as depth
    from area
),

of_grid as (
    select
        grid_idx,
        'grid' as level,
        grid_idx as level_idx
    from grid
    union all
    select
        grid_owner.grid_idx,
        area.level,
        area.area_idx
    from grid_owner
    inner join area on area.area_idx = grid_owner.area_idx
)

select
    'grid' as unit,
    grid_idx as place_idx,
    level,
    level_idx,
    false as is_side
from of_grid
union all
select
    'grid' as unit,
    grid.grid_idx as place_idx,
    unit.kind as level,
    unit.unit_idx as level_idx,
    true as is_side
from grid
inner join unit on unit.unit_idx = grid.committee_idx
union all
-- an only child has the run of its parent: the level tells which holds which
select
    part.level as unit,
    part.area_idx as place_idx,
    whole.level,
    whole.area_idx as level_idx,
    false as is_side
from ranked as part
inner join ranked as whole
    on whole.grid_lo <= part.grid_lo and whole.grid_hi >= part.grid_hi
    and (whole.depth < part.depth or whole.area_idx = part.area_idx)
union all
select
    'facility' as unit,
    facility_idx as place_idx,
    'facility' as level,
    facility_idx as level_idx,
    false as is_side
from facility
union all
select
    'facility' as unit,
    facility.facility_idx as place_idx,
    of_grid.level,
    of_grid.level_idx,
    false as is_side
from facility
inner join of_grid on of_grid.grid_idx = facility.grid_idx
union all
-- a facility outside every grid still is the city's
select
    'facility' as unit,
    facility_idx as place_idx,
    'city' as level,
    0 as level_idx,
    false as is_side
from facility
where grid_idx is null
union all
select
    unit.kind as unit,
    unit.unit_idx as place_idx,
    unit.kind as level,
    unit.unit_idx as level_idx,
    false as is_side
from unit
union all
select
    held.kind as unit,
    held.unit_idx as place_idx,
    area.level,
    area.area_idx as level_idx,
    false as is_side
from (
    select
        kind,
        unit_idx,
        unnest([0, district_idx, street_idx, community_idx]) as area_idx
    from unit
) as held
inner join area on area.area_idx = held.area_idx;
