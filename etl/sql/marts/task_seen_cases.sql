-- one row per case, and one more where it is closed; several rows of one case are closed when all of
-- them are, on the latest day. What stands in braces is the staged ledger
insert into task_seen
with seen as (
    select
        rows.rowid as pos,
        rows.place_idx,
        coalesce(cast(rows.date_on as text), rows.period, $as_of) as seen_on,
        coalesce(
            '#' || rows.id,
            concat_ws(
                chr(31),
                coalesce(rows.item, ''),
                coalesce(cast(rows.date_on as text), rows.period, $as_of)
            )
        ) as key,
        rows.closed_on is null or cast(rows.closed_on as text) > $until as is_open,
        date_diff('day', date '1900-01-01', rows.closed_on) as closed_day
    from {table} as rows
),

-- the latest closing day and, among its rows, the last: one number is compared faster than two
cases as (
    select
        place_idx,
        key,
        bool_or(is_open) as is_open,
        coalesce(min(pos) filter (where is_open), min(pos)) as failed_at,
        case
            when not bool_or(is_open)
                then max(closed_day * 100000000000 + pos) % 100000000000
        end as closed_at
    from seen
    where seen_on <= $until
    group by place_idx, key
),

known as (
    select
        left(
            sha256(concat_ws(chr(31), 'ledger', $source, $unit, place.unit_id, cases.key)), 12
        ) as task_id,
        place.unit_id,
        cases.is_open,
        cases.failed_at,
        cases.closed_at
    from cases
    inner join task_place as place
        on place.unit_kind = $unit and place.place_idx = cases.place_idx
),

steps as (
    select
        known.*,
        cast(closed.closed_on as text) as closed_on,
        failed.item,
        failed.owner,
        cast(failed.due_on as text) as due_on,
        known.is_open and failed.closed_on is not null as is_reported,
        unnest(
            case
                when known.is_open then [0]
                else [0, 1]
            end
        ) as step,
        coalesce(cast(failed.date_on as text), failed.period, $as_of) as failed_on,
        failed.value as failed_value,
        failed.row as failed_row,
        closed.value as closed_value,
        closed.row as closed_row
    from known
    inner join {table} as failed on failed.rowid = known.failed_at
    left join {table} as closed on closed.rowid = known.closed_at
)

select
    task_id,
    'ledger' as source_kind,
    $source as source,
    $unit as unit_kind,
    unit_id,
    item,
    true as is_case,
    closed_on,
    step,
    case step when 0 then failed_on else closed_on end as seen_on,
    step = 0 as fails,
    case step when 0 then failed_value else closed_value end as value,
    owner,
    due_on,
    $due_days as due_days,
    case step when 0 then failed_row else closed_row end as row,
    is_reported
from steps;
