-- one row: the number of 'all', how many mandatory categories the city has any facility of, and in
-- how many of these none is open
select
    (select category.category_idx from category where category.code = 'all') as all_idx,
    count(*) filter (where facilities + facilities_other > 0) as known,
    count(*) filter (where facilities = 0 and facilities_other > 0) as shut
from category
where is_mandatory
order by all_idx;
