-- One row a category in catalogue order, then one row a category x opening; base_idx is null for the former.
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
    c.facilities_other,
    c.base_idx,
    c.opening,
    c.facilities_unknown
from category as c
order by c.category_idx
