-- one row per increment that is negative, empty, or of a minute that does not exist
select
    category_idx,
    mode,
    grid_idx,
    minute
from profile
where least(people, households, elderly, children, area) < 0
    or greatest(people, households, elderly, children, area) = 0
    or minute > 60
order by category_idx, mode, grid_idx, minute;
