-- one row per place x area that holds it, and itself: where the rows of a ledger are added up
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
    level_idx
from of_grid
union all
-- an only child has the run of its parent: the level tells which holds which
select
    part.level as unit,
    part.area_idx as place_idx,
    whole.level,
    whole.area_idx as level_idx
from ranked as part
inner join ranked as whole
    on whole.grid_lo <= part.grid_lo and whole.grid_hi >= part.grid_hi
    and (whole.depth < part.depth or whole.area_idx = part.area_idx)
union all
select
    'facility' as unit,
    facility_idx as place_idx,
    'facility' as level,
    facility_idx as level_idx
from facility
union all
select
    'facility' as unit,
    facility.facility_idx as place_idx,
    of_grid.level,
    of_grid.level_idx
from facility
inner join of_grid on of_grid.grid_idx = facility.grid_idx
union all
-- a facility outside every grid still is the city's
select
    'facility' as unit,
    facility_idx as place_idx,
    'city' as level,
    0 as level_idx
from facility
where grid_idx is null;
