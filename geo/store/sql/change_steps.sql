-- One row a step: what it adds to what is reached by a minute, milli or dm2; 0 where nothing.
-- Parameters: category, mode, area (code), minute. Order: step.
select
    s.idx,
    s.name,
    s.did_change,
    coalesce(sum(c.basis_part), 0)::bigint as amount
from step as s
left join change as c
    on
        s.idx = c.step
        and c.category = $category
        and c.mode = $mode
        and c.area_code = $area
        and c.minute <= $minute
group by s.idx, s.name, s.did_change
order by s.idx
