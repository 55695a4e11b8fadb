-- count the facilities behind 'all': those of the mandatory categories that have an open one
update category
set
    facilities = members.open_ones,
    facilities_other = members.others
from (
    select
        sum(facilities)::integer as open_ones,
        sum(facilities_other)::integer as others
    from category
    where is_mandatory
) as members
where category.code = 'all';
