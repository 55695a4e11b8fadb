-- one row per category with an open facility that does not answer for every demand point once
select
    category.code,
    count(reach.demand_idx) as answers,
    count(distinct reach.demand_idx) as points
from category
left join reach on reach.category_idx = category.category_idx
where category.facilities > 0 and category.code <> 'all'
group by category.code
having count(reach.demand_idx) <> (select count(*) from demand)
    or count(distinct reach.demand_idx) <> (select count(*) from demand)
order by category.code;
