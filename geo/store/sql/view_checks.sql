-- One row an invariant that was checked on this build.
select
    c.name,
    c.ok,
    c.detail
from check_result as c
order by c.check_idx
