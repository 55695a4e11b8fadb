-- one row per category without an open facility that covers something all the same
select distinct category.code
from category
inner join profile on profile.category_idx = category.category_idx
where category.facilities = 0
order by category.code;
