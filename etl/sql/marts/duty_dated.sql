-- one row per day x item x owner of the rows of the ledger called $name that are due from $start to
-- $end: how many they are, and how many of them are closed
select
    ledger_row.ledger_idx,
    ledger_row.due_on,
    ledger_row.item,
    ledger_row.owner,
    count(*) as expected,
    count(ledger_row.closed_on) as counted
from ledger_row
inner join ledger on ledger.ledger_idx = ledger_row.ledger_idx
where ledger.name = $name
    and ledger_row.due_on between $start and $end
    and (len($items) = 0 or list_contains($items, ledger_row.item))
group by ledger_row.ledger_idx, ledger_row.due_on, ledger_row.item, ledger_row.owner
order by ledger_row.due_on, ledger_row.item nulls first, ledger_row.owner nulls first;
