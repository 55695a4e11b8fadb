-- one row per area (city, district, street): the denominators of this month, and what its numbers
-- depend on
insert into history_total
select
    release.as_of as month,
    area.code as area_code,
    area.name,
    area.people_milli,
    area.households_milli,
    area.elderly_milli,
    area.children_milli,
    area.area_dm2,
    release.demand_method
        || ' ' || (select numerator || '/' || denominator from speed where speed_idx = 0)
        || case when release.has_network then ' walk' else ' line' end as method
from area
cross join release
where area.level in ('city', 'district', 'street')
order by area.area_idx;
