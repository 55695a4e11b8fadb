-- one row per area whose run of grids is not that of its rows, or leaves its parent's
with owned as (
    select 0 as area_idx, min(grid_idx) as lo, max(grid_idx) + 1 as hi, count(*) as n from grid
    union all
    select district_idx, min(grid_idx), max(grid_idx) + 1, count(*) from grid
    where district_idx is not null group by district_idx
    union all
    select street_idx, min(grid_idx), max(grid_idx) + 1, count(*) from grid
    where street_idx is not null group by street_idx
    union all
    select community_idx, min(grid_idx), max(grid_idx) + 1, count(*) from grid
    where community_idx is not null group by community_idx
)

select
    area.code,
    area.grid_lo,
    area.grid_hi
from area
left join owned on owned.area_idx = area.area_idx
left join area as parent on parent.area_idx = area.parent_idx
where owned.n is null
    or owned.lo <> area.grid_lo
    or owned.hi <> area.grid_hi
    or owned.n <> area.grid_hi - area.grid_lo
    or area.grid_lo < parent.grid_lo
    or area.grid_hi > parent.grid_hi
order by area.code;
