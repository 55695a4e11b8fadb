-- one row: the ledger called $name, the kind of place $per means there, the first day it speaks of,
-- and how many places of that kind there are; of facilities, those that the ledger ever names
with named as (
    select
        ledger.ledger_idx,
        case $per when 'unit' then ledger.unit else $per end as level
    from ledger
    where ledger.name = $name
),

places as (
    select
        'grid' as level,
        count(*) as places
    from grid
    union all
    select
        area.level,
        count(*) as places
    from area
    group by area.level
    union all
    select
        unit.kind as level,
        count(*) as places
    from unit
    group by unit.kind
    union all
    select
        'facility' as level,
        count(distinct ledger_row.place_idx) as places
    from ledger_row
    inner join named on named.ledger_idx = ledger_row.ledger_idx and named.level = 'facility'
)

select
    named.ledger_idx,
    named.level,
    (
        select min(coalesce(left(ledger_row.date_on, 7), rpad(ledger_row.period, 7, '-01')) || '-01')
        from ledger_row
        where ledger_row.ledger_idx = named.ledger_idx
    ) as earliest,
    coalesce(places.places, 0) as expected
from named
left join places on places.level = named.level
order by named.ledger_idx;
