-- One row a category in catalogue order.
select
    c.category_idx,
    c.code,
    c.zh,
    c.en,
    c.grp,
    c.glyph,
    c.level,
    c.radius_m,
    c.is_mandatory,
    c.facilities,
    c.facilities_other
from category as c
order by c.category_idx
