-- one row per day x owner x source x state of the tasks that are due from $start to $end, as they are
-- shown; a task says open, overdue or closed, the calendar due, missed or done; $owner null: all; a
-- ledger whose days are duties already is left out; by day, then source
with shown as (
    {shown}
)

select
    'task' as kind,
    shown.source as id,
    shown.zh,
    shown.en,
    shown.due as due_on,
    null as period,
    shown.owner,
    null as source,
    case shown.kind when 'ledger' then shown.source end as ledger,
    count(*) as expected,
    count(*) filter (where shown.state = 'closed') as counted,
    case shown.state when 'closed' then 'done' when 'overdue' then 'missed' else 'due' end as state
from shown
where shown.due between $start and $end
    and ($owner is null or shown.owner = $owner)
    and (shown.is_due_edited or shown.kind <> 'ledger' or not exists (
        select 1
        from duty
        inner join ledger on ledger.ledger_idx = duty.ledger_idx
        where duty.period is null and duty.due_on = shown.due and ledger.name = shown.source
    ))
group by shown.due, shown.owner, shown.kind, shown.source, shown.zh, shown.en, shown.state
order by shown.due, shown.source, shown.owner nulls first, shown.state;
