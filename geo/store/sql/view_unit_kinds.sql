-- view_unit_kinds
-- One row a kind of further place, in the order of its numbers.
select
    k.kind,
    k.zh,
    k.en,
    min(u.unit_idx) as first_idx,
    count(*) as units,
    count(u.geom) as outlines
from unit_kind as k
inner join unit as u on u.kind = k.kind
group by k.kind, k.zh, k.en
order by first_idx
