-- one row per place of the ledger's own kind x period of an indicator with a target: whether it was
-- missed; what stands in braces is the query of geo/store/sql that tells every value and its verdict
insert into task_seen
with rows as (
    {rows}
)

select
    left(
        sha256(concat_ws(chr(31), 'indicator', rows.indicator, rows.unit_kind, rows.unit_id, '')), 12
    ) as task_id,
    'indicator' as source_kind,
    rows.indicator as source,
    rows.unit_kind,
    rows.unit_id,
    null as item,
    false as is_case,
    null as closed_on,
    0 as step,
    coalesce(rows.period, $as_of) as seen_on,
    rows.verdict = 'fail' as fails,
    cast(rows.value as text) as value,
    indicator.owner_role as owner,
    $due_on as due_on,
    null as due_days,
    null as row,
    false as is_reported
from rows
inner join indicator on indicator.id = rows.indicator
inner join ledger on ledger.ledger_idx = indicator.ledger_idx and ledger.unit = rows.unit_kind
where rows.verdict in ('pass', 'fail')
    and coalesce(rows.period, '') <= $until;
