-- one row per duty x day by which it falls due, from $start to $end; $owner null: all; by day, then title
select
    'duty' as kind,
    duty.duty_id as id,
    duty.zh,
    duty.en,
    duty.due_on,
    duty.period,
    duty.owner,
    duty.source,
    ledger.name as ledger,
    duty.expected,
    duty.counted,
    duty.state
from duty
left join ledger on ledger.ledger_idx = duty.ledger_idx
where duty.due_on between $start and $end
    and ($owner is null or duty.owner = $owner)
order by duty.due_on, duty.duty_id;
