-- one row per {columns}: how many of the tasks that are asked for are open, overdue and closed, and of
-- how many that are not closed somebody wrote a closing day; most overdue first, then most open
with shown as (
    {shown}
),

asked as (
    {asked}
)

select
    {columns},
    count(*) filter (where state = 'open') as open,
    count(*) filter (where state = 'overdue') as overdue,
    count(*) filter (where state = 'closed') as closed,
    count(*) filter (where is_reported_done) as reported
from asked
group by {columns}
order by overdue desc, open desc, {columns};
