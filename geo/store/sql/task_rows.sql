-- one row per task that is asked for, from $skipped on, at most $wanted: what is overdue first, then
-- what is open, by the day it is due; then what is closed, the latest first
with shown as (
    {shown}
),

asked as (
    {asked}
)

select
    asked.* exclude (grid_lo, grid_hi),
    count(*) over () as found
from asked
where len($states) = 0 or list_contains($states, asked.state)
order by
    list_position(['overdue', 'open', 'closed'], asked.state),
    case when asked.state = 'closed' then asked.closed_month end desc,
    asked.due nulls last,
    asked.zh,
    asked.unit_kind,
    asked.unit_id,
    asked.task
limit $wanted offset $skipped;
