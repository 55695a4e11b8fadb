-- one row per area (city, district, street) x category x mode x minute: this month at the default
-- speed and at any hour
insert into history
select
    release.as_of as month,
    area.code as area_code,
    category.code as category,
    area_profile.mode,
    area_profile.minute,
    area_profile.people,
    area_profile.households,
    area_profile.elderly,
    area_profile.children,
    area_profile.area
from area_profile
inner join area on area.area_idx = area_profile.area_idx
inner join category on category.category_idx = area_profile.category_idx
cross join release
where area_profile.speed_idx = 0
    and category.base_idx is null
    and area.level in ('city', 'district', 'street')
order by area.area_idx, category.category_idx, area_profile.mode, area_profile.minute;
