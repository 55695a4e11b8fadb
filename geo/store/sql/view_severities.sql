-- One row a severity: how many faults the build found.
select
    i.severity,
    count(*) as issues
from issue as i
group by i.severity
order by i.severity
