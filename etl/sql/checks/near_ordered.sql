-- one row per list of next facilities that is out of order, repeats one, or walks less than its
-- line
with ranked as (
    select
        category_idx,
        mode,
        grid_idx,
        rank,
        facility_idx,
        distance_dm,
        lag(distance_dm) over per_list as before_dm,
        lag(rank) over per_list as before_rank
    from near
    window per_list as (partition by category_idx, mode, grid_idx order by rank)
)

select
    category_idx,
    mode,
    grid_idx,
    rank
from ranked
where distance_dm < before_dm or rank <> coalesce(before_rank, 0) + 1
union all
select
    walk.category_idx,
    walk.mode,
    walk.grid_idx,
    walk.rank
from near as walk
inner join near as line
    on line.mode = 0 and line.category_idx = walk.category_idx and line.grid_idx = walk.grid_idx
    and line.facility_idx = walk.facility_idx
where walk.mode = 1 and walk.distance_dm < line.distance_dm
order by all;
