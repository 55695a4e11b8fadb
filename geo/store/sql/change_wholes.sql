-- One row a step after which an area holds something else, -1 the month before; null is not known.
-- Parameters: area (code). Order: step.
select
    d.step,
    d.basis_part as amount
from denominator as d
where d.area_code = $area
order by d.step
