-- At most one row: what an area reaches within the category's own radius; milli or dm2.
-- Parameters: category, mode (codes), area (area_idx).
select p.basis_part as amount
from area_standard as p
where
    p.category_idx = $category
    and p.mode = $mode
    and p.area_idx = $area
order by p.area_idx
