-- one row per grid x category x mode, in the order of these three; amounts in the integers of the release
-- parameters: $speed speed_idx, $minutes, $category $mode (code, null = all), $lo $hi run of grids
with wanted as (
    select
        nearest.category_idx,
        nearest.mode,
        nearest.grid_idx,
        nearest.nearest_dm,
        nearest.nearest_facility_idx,
        nearest.code
    from nearest
    inner join category on category.category_idx = nearest.category_idx
    where ($category is null or category.code = $category)
        and ($mode is null or nearest.mode = $mode)
        and nearest.grid_idx >= $lo
        and nearest.grid_idx < $hi
),

covered as (
    select
        category_idx,
        mode,
        grid_idx,
        sum(people)::bigint as people,
        sum(households)::bigint as households,
        sum(area)::bigint as area
    from profile
    where speed_idx = $speed and minute <= $minutes and grid_idx >= $lo and grid_idx < $hi
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
left join nearest as line
    on line.category_idx = wanted.category_idx and line.mode = 0 and line.grid_idx = wanted.grid_idx
left join facility on facility.facility_idx = wanted.nearest_facility_idx
order by grid.grid_id, category.code, wanted.mode;
