-- One row a named speed, the default first; metres per minute as numerator / denominator.
select
    s.name,
    s.numerator,
    s.denominator
from speed as s
order by s.speed_idx
