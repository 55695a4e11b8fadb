-- One row a month x area: the denominators and what they rest on. Parameter: areas (codes).
select
    h.month,
    h.area_code,
    h.basis_total as amount,
    h.method
from history_total as h
where h.area_code in (select unnest($areas))
order by h.month, h.area_code
