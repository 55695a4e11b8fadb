-- one row per day x owner x source x state of the tasks that are due from $start to $end; a task says
-- open, overdue or closed, the calendar due, missed or done; $owner null: all; by day, then source
with dated as (
    select
        task.due_on,
        task.owner,
        task.source_kind,
        task.source,
        case task.state when 'closed' then 'done' when 'overdue' then 'missed' else 'due' end
            as state
    from task
    where task.due_on between $start and $end
        and ($owner is null or task.owner = $owner)
)

select
    'task' as kind,
    dated.source as id,
    coalesce(any_value(indicator.zh), dated.source) as zh,
    coalesce(any_value(indicator.en), dated.source) as en,
    dated.due_on,
    null as period,
    dated.owner,
    any_value(indicator.source) as source,
    case dated.source_kind when 'ledger' then dated.source end as ledger,
    count(*) as expected,
    case dated.state when 'done' then count(*) else 0 end as counted,
    dated.state
from dated
left join indicator on dated.source_kind = 'indicator' and indicator.id = dated.source
group by dated.due_on, dated.owner, dated.source_kind, dated.source, dated.state
order by dated.due_on, dated.source, dated.owner nulls first, dated.state;
