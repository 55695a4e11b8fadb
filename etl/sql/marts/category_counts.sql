-- fill in how many facilities each category has
update category
set
    facilities = coalesce(counted.open_ones, 0),
    facilities_other = coalesce(counted.others, 0)
from (
    select
        category.category_idx,
        count(facility.facility_idx) filter (where facility.is_open) as open_ones,
        count(facility.facility_idx) filter (where not facility.is_open) as others
    from category
    left join facility on facility.category_idx = category.category_idx
    group by category.category_idx
) as counted
where counted.category_idx = category.category_idx;
