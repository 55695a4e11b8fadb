-- One row a month x area x minute in which something is newly reached, at the default speed; milli or dm2.
-- Parameters: areas (codes), category (code), mode. Order: month, area, minute.
select
    h.month,
    h.area_code,
    h.minute,
    h.basis_part as amount
from history as h
where
    h.area_code in (select unnest($areas))
    and h.category = $category
    and h.mode = $mode
order by h.month, h.area_code, h.minute
