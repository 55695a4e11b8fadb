-- one row per area (city, district, street) x category x mode x minute (5, 10, 15, 20, 30): grids
-- on target, by people
insert into history_target
with minutes as (
    select unnest([5, 10, 15, 20, 30]) as minute
),

known as (
    -- a category without an open facility has rows in nearest, so it counts as nowhere on target
    select nearest.category_idx, nearest.mode, nearest.grid_idx
    from nearest
    inner join category on category.category_idx = nearest.category_idx
    where category.base_idx is null
),

reached as (
    select
        profile.category_idx,
        profile.mode,
        profile.grid_idx,
        minutes.minute,
        sum(profile.people) as people
    from profile
    inner join minutes on profile.minute <= minutes.minute
    where profile.speed_idx = 0
    group by all
),

grid_states as (
    select
        known.category_idx,
        known.mode,
        minutes.minute,
        grid.district_idx,
        grid.street_idx,
        coalesce(reached.people, 0) * 10 >= grid.people_milli * 9 as is_on_target
    from known
    cross join minutes
    inner join grid on grid.grid_idx = known.grid_idx
    left join reached
        on reached.category_idx = known.category_idx and reached.mode = known.mode
        and reached.grid_idx = known.grid_idx and reached.minute = minutes.minute
    where grid.people_milli > 0
),

owned as (
    select 0 as area_idx, category_idx, mode, minute, is_on_target from grid_states
    union all
    select district_idx, category_idx, mode, minute, is_on_target from grid_states
    where district_idx is not null
    union all
    select street_idx, category_idx, mode, minute, is_on_target from grid_states
    where street_idx is not null
)

select
    release.as_of as month,
    area.code as area_code,
    category.code as category,
    owned.mode,
    owned.minute,
    cast(count(*) filter (where owned.is_on_target) as integer) as on_target,
    cast(count(*) as integer) as with_people
from owned
inner join area on area.area_idx = owned.area_idx
inner join category on category.category_idx = owned.category_idx
cross join release
group by all
order by area_code, category, owned.mode, owned.minute;
