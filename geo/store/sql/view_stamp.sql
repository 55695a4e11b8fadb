-- One row: when this release was built and why.
select
    s.number,
    s.content,
    s.built_at,
    s.reason,
    s.seconds
from release_stamp as s
order by s.number
limit 1
