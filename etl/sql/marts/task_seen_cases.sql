-- one row per case, and one more where it is closed; several rows of one case are closed when all of
-- them are. What stands in braces is the staged ledger
insert into task_seen
with seen as (
    select
        place.unit_id,
        rows.id,
        rows.item,
        coalesce(cast(rows.date_on as text), rows.period, $as_of) as seen_on,
        cast(rows.closed_on as text) as closed_on,
        rows.closed_on is null or cast(rows.closed_on as text) > $until as is_open,
        rows.value,
        rows.owner,
        cast(rows.due_on as text) as due_on,
        rows.row
    from {table} as rows
    inner join task_place as place
        on place.unit_kind = $unit and place.place_idx = rows.place_idx
),

keyed as (
    select
        *,
        coalesce('#' || id, concat_ws(chr(31), coalesce(item, ''), seen_on)) as key
    from seen
    where seen_on <= $until
),

cases as (
    select
        unit_id,
        key,
        bool_or(is_open) as is_open,
        arg_min(struct_pack(seen_on, item, value, owner, due_on, closed_on, row), (not is_open, row))
            as failed,
        arg_max(struct_pack(closed_on, value, row), (closed_on, row)) as closed
    from keyed
    group by unit_id, key
),

steps as (
    select
        unit_id,
        key,
        failed,
        is_open,
        0 as step,
        failed.seen_on as seen_on,
        true as fails,
        failed.value as value,
        failed.row as row
    from cases
    union all
    select
        unit_id,
        key,
        failed,
        is_open,
        1,
        closed.closed_on,
        false,
        closed.value,
        closed.row
    from cases
    where not is_open
)

select
    left(sha256(concat_ws(chr(31), 'ledger', $source, $unit, unit_id, key)), 12) as task_id,
    'ledger' as source_kind,
    $source as source,
    $unit as unit_kind,
    unit_id,
    failed.item,
    true as is_case,
    not is_open as is_closed,
    step,
    seen_on,
    fails,
    value,
    failed.owner,
    failed.due_on,
    $due_days as due_days,
    row,
    is_open and failed.closed_on is not null as is_reported
from steps;
