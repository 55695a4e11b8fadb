-- One row: what a comparison compares. Order: none needed, there is one.
select
    c.version,
    c.old_release,
    c.new_release,
    c.old_month,
    c.new_month,
    c.old_has_network,
    c.new_has_network,
    c.whole
from comparison as c
order by c.new_release
