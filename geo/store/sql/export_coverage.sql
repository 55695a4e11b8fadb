-- one row per grid x category x mode, in the order of these three; amounts in the integers of the release
-- own: only the facilities of the grid's own district count
-- parameters: $own, $speed speed_idx, $minutes, $category $mode (code, null = all), $opening (evening | weekend; null
-- = any hour), $lo $hi run of grids
with chosen as (
    select
        nearest.category_idx,
        nearest.mode,
        nearest.grid_idx,
        own.grid_idx is not null as differs,
        nearest.nearest_dm,
        nearest.nearest_facility_idx,
        nearest.code,
        own.nearest_dm as own_dm,
        own.nearest_facility_idx as own_facility_idx,
        own.code as own_code
    from nearest
    left join nearest_own as own
        on $own
        and own.category_idx = nearest.category_idx
        and own.mode = nearest.mode
        and own.grid_idx = nearest.grid_idx
    where nearest.grid_idx >= $lo and nearest.grid_idx < $hi
),

answered as (
    select
        category_idx,
        mode,
        grid_idx,
        case when differs then own_dm else nearest_dm end as nearest_dm,
        case when differs then own_facility_idx else nearest_facility_idx end
            as nearest_facility_idx,
        case when differs then own_code else code end as code
    from chosen
),

wanted as (
    select
        answered.category_idx,
        answered.mode,
        answered.grid_idx,
        answered.nearest_dm,
        answered.nearest_facility_idx,
        answered.code
    from answered
    inner join category on category.category_idx = answered.category_idx
    where ($category is null or split_part(category.code, '@', 1) = $category)
        and category.opening is not distinct from $opening
        and ($mode is null or answered.mode = $mode)
),

counted as (
    select category_idx, mode, grid_idx, people, households, area
    from profile
    where speed_idx = $speed and minute <= $minutes and grid_idx >= $lo and grid_idx < $hi
    union all
    select category_idx, mode, grid_idx, people, households, area
    from profile_own
    where $own and speed_idx = $speed and minute <= $minutes and grid_idx >= $lo and grid_idx < $hi
),

covered as (
    select
        category_idx,
        mode,
        grid_idx,
        sum(people)::bigint as people,
        sum(households)::bigint as households,
        sum(area)::bigint as area
    from counted
    group by category_idx, mode, grid_idx
)

select
    grid.grid_id,
    category.code as category,
    case wanted.mode when 0 then 'line' else 'walk' end as mode,
    grid.people_milli,
    coalesce(covered.people, 0) as people_covered_milli,
    grid.households_milli,
    coalesce(covered.households, 0) as households_covered_milli,
    grid.area_dm2,
    coalesce(covered.area, 0) as area_covered_dm2,
    wanted.nearest_dm,
    facility.facility_id as nearest_facility_id,
    grid.reliability,
    line.nearest_dm as line_dm,
    wanted.code,
    wanted.grid_idx
from wanted
inner join grid on grid.grid_idx = wanted.grid_idx
inner join category on category.category_idx = wanted.category_idx
left join covered
    on covered.category_idx = wanted.category_idx and covered.mode = wanted.mode
    and covered.grid_idx = wanted.grid_idx
left join answered as line
    on line.category_idx = wanted.category_idx and line.mode = 0 and line.grid_idx = wanted.grid_idx
left join facility on facility.facility_idx = wanted.nearest_facility_idx
order by grid.grid_id, category.code, wanted.mode;
