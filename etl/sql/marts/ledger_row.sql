-- one row a staged row of a ledger; the staged table stands where the braces are
-- parameters: $ledger integer
insert into ledger_row
    (ledger_idx, row, place_idx, period, date_on, item, value, owner, due_on, closed_on)
select
    $ledger,
    row,
    place_idx,
    period,
    date_on::text,
    item,
    value,
    owner,
    due_on::text,
    closed_on::text
from {staged};
