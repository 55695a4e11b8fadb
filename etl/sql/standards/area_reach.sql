-- one row per area of a level x category: people within 15 minutes, within the own radius, and open facilities
-- parameters: level; mode 0 line, 1 walk. Order: area, category
with within_minutes as (
    select
        category_idx,
        area_idx,
        sum(people) as people
    from area_profile
    where speed_idx = 0 and mode = $mode and minute <= 15
    group by all
),

standing as (
    select
        facility.category_idx,
        place_chain.level_idx as area_idx,
        count(*) as count_open,
        max(facility.floor_area_dm2) as floor_area_dm2
    from facility
    inner join place_chain
        on place_chain.unit = 'facility' and place_chain.place_idx = facility.facility_idx
        and place_chain.level = $level
    where facility.is_open
    group by all
)

select
    area.area_idx,
    category.code,
    area.people_milli,
    coalesce(within_minutes.people, 0) as within_milli,
    case when category.radius_m is null then null else coalesce(area_standard.people, 0) end
        as near_milli,
    coalesce(standing.count_open, 0) as count_open,
    standing.floor_area_dm2
from area
cross join category
left join within_minutes using (category_idx, area_idx)
left join area_standard
    on area_standard.category_idx = category.category_idx
    and area_standard.area_idx = area.area_idx
    and area_standard.mode = $mode
left join standing
    on standing.category_idx = category.category_idx and standing.area_idx = area.area_idx
where area.level = $level and category.base_idx is null
order by area.area_idx, category.category_idx;
