-- one row per task as it is shown: owner and due day as last changed here, the state by that day; for
-- the start of other queries (`with shown as (...)`). $owner_tasks and $owners, $due_tasks, $dues and
-- $due_rounds are lists of the changes; a due day holds until the task comes back
with changed_owner as (
    select
        unnest(cast($owner_tasks as text [])) as task_id,
        unnest(cast($owners as text [])) as owner
),

changed_due as (
    select
        unnest(cast($due_tasks as text [])) as task_id,
        unnest(cast($dues as text [])) as due_on,
        unnest(cast($due_rounds as integer [])) as reopened
),

applied_rule as (
    select
        rule.pack || ':' || rule.rule as source,
        rule.zh,
        rule.en
    from rule
    inner join rule_pack on rule_pack.pack_idx = rule.pack_idx and rule_pack.is_applied
),

latest as (
    select
        cast(last_day(cast(as_of || '-01' as date)) as text) as until
    from release
),

dated as (
    select
        task.*,
        latest.until,
        changed_owner.task_id is not null as is_owner_edited,
        changed_due.task_id is not null as is_due_edited,
        task.owner as given_owner,
        task.due_on as given_due,
        case when changed_owner.task_id is null then task.owner else changed_owner.owner end
            as shown_owner,
        case when changed_due.task_id is null then task.due_on else changed_due.due_on end
            as shown_due
    from task
    cross join latest
    left join changed_owner on changed_owner.task_id = task.task_id
    left join changed_due
        on changed_due.task_id = task.task_id and changed_due.reopened = task.reopened
),

placed as (
    select
        dated.*,
        coalesce(grid.name, area.name, facility.name, unit.name) as unit_name,
        coalesce(grid.grid_id, inside.grid_id) as grid_id,
        coalesce(grid.lon, area.lon, facility.lon, unit.lon) as lon,
        coalesce(grid.lat, area.lat, facility.lat, unit.lat) as lat,
        coalesce(grid.grid_idx, area.grid_lo, inside.grid_idx, around.grid_lo) as grid_lo,
        coalesce(grid.grid_idx + 1, area.grid_hi, inside.grid_idx + 1, around.grid_hi) as grid_hi
    from dated
    left join grid on dated.unit_kind = 'grid' and grid.grid_idx = dated.place_idx
    left join area on area.level = dated.unit_kind and area.area_idx = dated.place_idx
    left join facility
        on dated.unit_kind = 'facility' and facility.facility_idx = dated.place_idx
    left join unit on unit.kind = dated.unit_kind and unit.unit_idx = dated.place_idx
    left join grid as inside on inside.grid_idx = coalesce(facility.grid_idx, unit.grid_idx)
    left join area as around
        on around.area_idx = coalesce(unit.community_idx, unit.street_idx, unit.district_idx)
)

select
    placed.task_id as task,
    placed.source_kind as kind,
    placed.source,
    coalesce(indicator.zh, applied_rule.zh, placed.source) as zh,
    coalesce(indicator.en, applied_rule.en, placed.source) as en,
    placed.unit_kind,
    placed.unit_id,
    placed.unit_name,
    placed.grid_id,
    placed.lon,
    placed.lat,
    placed.item,
    placed.shown_owner as owner,
    placed.shown_due as due,
    case
        when placed.state = 'closed' then 'closed'
        when placed.shown_due < placed.until then 'overdue'
        else 'open'
    end as state,
    case
        when placed.state <> 'closed' and placed.shown_due < placed.until
            then date_diff('day', cast(placed.shown_due as date), cast(placed.until as date))
    end as days_over,
    placed.is_reported_done,
    placed.reopened,
    coalesce(placed.opened_release, $release) as opened_release,
    placed.opened_month,
    case when placed.state = 'closed' then coalesce(placed.closed_release, $release) end
        as closed_release,
    placed.closed_month,
    placed.failed_value,
    placed.failed_on,
    placed.failed_row,
    placed.passed_value,
    placed.passed_on,
    placed.passed_row,
    placed.is_owner_edited,
    placed.is_due_edited,
    placed.given_owner,
    placed.given_due,
    ledger.fails,
    placed.until,
    placed.grid_lo,
    placed.grid_hi
from placed
left join indicator on placed.source_kind = 'indicator' and indicator.id = placed.source
left join applied_rule
    on placed.source_kind = 'rule' and applied_rule.source = placed.source
left join ledger on placed.source_kind = 'ledger' and ledger.name = placed.source
