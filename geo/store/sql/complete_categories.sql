-- One row a mandatory category that the city has any facility of, in the order of the catalogue.
select category_idx, code, zh, en, level
from category
where is_mandatory and base_idx is null and facilities + facilities_other > 0
order by category_idx
