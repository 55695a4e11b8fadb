-- one row per estate. Order: estate
select
    unit_idx,
    name,
    households_milli / 1000.0 as households,
    people_milli / 1000.0 as people,
    street_share,
    is_tied,
    attributes
from unit
where kind = 'estate'
order by unit_idx;
