-- One row a severity x code x file with faults, in order of rank.
select
    g.severity,
    g.code,
    g.source,
    g.message,
    g.action,
    g.affected as "count",
    g.rows,
    g.rows_in,
    g.effect_grids,
    g.samples
from issue_group as g
order by g.group_idx
