-- one row per area and category whose history of this month is not what this release says
with now as (
    select
        area.code as area_code,
        category.code as category,
        area_profile.mode,
        sum(area_profile.people) as people,
        sum(area_profile.area) as area
    from area_profile
    inner join area on area.area_idx = area_profile.area_idx
    inner join category on category.category_idx = area_profile.category_idx
    where area_profile.speed_idx = 0 and area.level <> 'community' and category.base_idx is null
    group by all
),

kept as (
    select
        history.area_code,
        history.category,
        history.mode,
        sum(history.people) as people,
        sum(history.area) as area
    from history
    inner join release on release.as_of = history.month
    group by all
)

select
    coalesce(now.area_code, kept.area_code) as area_code,
    coalesce(now.category, kept.category) as category
from now
full join kept
    on kept.area_code = now.area_code and kept.category = now.category and kept.mode = now.mode
where now.people is distinct from kept.people or now.area is distinct from kept.area
order by area_code, category;
