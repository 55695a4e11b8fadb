-- one row per thing of a ledger with a condition x day: a day with any failure is a failure; what
-- stands in braces is the staged ledger and the words of its condition
insert into task_seen
with seen as (
    select
        place.unit_id,
        rows.id,
        rows.item,
        coalesce(cast(rows.date_on as text), rows.period, $as_of) as seen_on,
        {fails} as fails,
        {value} as value,
        rows.owner,
        cast(rows.due_on as text) as due_on,
        rows.row,
        rows.closed_on is not null as is_reported
    from {table} as rows
    inner join task_place as place
        on place.unit_kind = $unit and place.place_idx = rows.place_idx
),

first as (
    select *
    from seen
    where fails is not null and seen_on <= $until
    qualify row_number() over (
        partition by unit_id, coalesce('#' || id, item), seen_on
        order by fails desc, row
    ) = 1
)

select
    left(
        sha256(concat_ws(chr(31), 'ledger', $source, $unit, unit_id, coalesce('#' || id, item, ''))),
        12
    ) as task_id,
    'ledger' as source_kind,
    $source as source,
    $unit as unit_kind,
    unit_id,
    item,
    false as is_case,
    null as closed_on,
    0 as step,
    seen_on,
    fails,
    value,
    owner,
    due_on,
    $due_days as due_days,
    row,
    fails and is_reported as is_reported
from first;
