-- one row per thing that ever failed: what the release before knew (task_before), and what was seen
-- since (task_seen), day by day. It is closed by a pass only, and a failure after that reopens it.
-- $base is the id of the release before; null leaves its own tasks as they are, for a rebuild
insert into task
with considered as (
    select
        seen.*,
        before.task_id is not null as was_known,
        coalesce(before.state = 'closed', false) as was_closed
    from task_seen as seen
    left join task_before as before on before.task_id = seen.task_id
    -- what was closed before this month, and no release knew, is history and no task
    where (
            before.task_id is null
            and (seen.closed_on is null or left(seen.closed_on, 7) >= $as_of)
        )
        -- the day of the last answer counts again: its row may have been corrected
        or (
            not seen.is_case
            and seen.seen_on >= case before.state
                when 'closed' then coalesce(before.passed_on, '')
                else coalesce(before.failed_on, '')
            end
        )
        or (seen.is_case and not (before.state = 'closed' and seen.closed_on is not null))
),

ordered as (
    select
        *,
        row_number() over steps as number,
        coalesce(
            lag(fails) over steps, case when was_known then not was_closed end
        ) as failed_before,
        was_known or coalesce(
            bool_or(fails) over (steps rows between unbounded preceding and 1 preceding), false
        ) as had_failed
    from considered
    window steps as (partition by task_id order by step, seen_on)
),

told as (
    select
        task_id,
        count(*) filter (where fails and not failed_before and had_failed) as relapses,
        max(number) filter (where fails) as last_failure,
        max(number) filter (where fails and failed_before is distinct from true) as run_start,
        arg_max(fails, number) as is_failing,
        arg_max(
            struct_pack(source_kind, source, unit_kind, unit_id), number
        ) as thing
    from ordered
    group by task_id
    having any_value(was_known) or bool_or(fails)
),

joined as (
    select
        coalesce(told.task_id, before.task_id) as task_id,
        told.task_id is not null as is_told,
        told.last_failure is not null as has_failed,
        told.thing,
        told.relapses,
        told.is_failing,
        failed,
        began,
        passed,
        before
    from told
    full outer join task_before as before on before.task_id = told.task_id
    left join ordered as failed
        on failed.task_id = told.task_id and failed.number = told.last_failure
    left join ordered as began
        on began.task_id = told.task_id and began.number = told.run_start
    left join ordered as passed
        on passed.task_id = told.task_id
        and passed.number = coalesce(told.last_failure, 0) + 1
        and not passed.fails
),

settled as (
    select
        *,
        coalesce(not is_failing, before.state = 'closed') as is_closed,
        is_told and not is_failing and (has_failed or before.state <> 'closed') as is_closing,
        coalesce(
            try_cast(began.seen_on as date),
            last_day(try_cast(began.seen_on || '-01' as date)),
            try_cast(began.seen_on || '-12-31' as date)
        ) as began_on
    from joined
),

dated as (
    select
        *,
        coalesce(
            failed.due_on,
            began.due_on,
            cast(began_on + to_days(began.due_days) as date)::text,
            case when began.task_id is null then before.due_on end
        ) as due_on
    from settled
)

select
    dated.task_id,
    coalesce(thing.source_kind, before.source_kind) as source_kind,
    coalesce(thing.source, before.source) as source,
    coalesce(thing.unit_kind, before.unit_kind) as unit_kind,
    coalesce(thing.unit_id, before.unit_id) as unit_id,
    place.place_idx,
    coalesce(failed.item, before.item) as item,
    coalesce(failed.owner, before.owner) as owner,
    dated.due_on,
    case
        when is_closed then 'closed'
        when dated.due_on < $until then 'overdue'
        else 'open'
    end as state,
    not is_closed
    and case when has_failed then failed.is_reported else before.is_reported_done end
        as is_reported_done,
    coalesce(before.reopened, 0) + coalesce(relapses, 0) as reopened,
    case when before.task_id is not null then coalesce(before.opened_release, $base) end
        as opened_release,
    coalesce(before.opened_month, $as_of) as opened_month,
    case when is_closed and not is_closing then coalesce(before.closed_release, $base) end
        as closed_release,
    case
        when is_closing then $as_of
        when is_closed then before.closed_month
    end as closed_month,
    case when has_failed then failed.value else before.failed_value end as failed_value,
    case when has_failed then failed.seen_on else before.failed_on end as failed_on,
    case when has_failed then failed.row else before.failed_row end as failed_row,
    case when is_closing then passed.value when is_closed then before.passed_value end
        as passed_value,
    case when is_closing then passed.seen_on when is_closed then before.passed_on end as passed_on,
    case when is_closing then passed.row when is_closed then before.passed_row end as passed_row
from dated
left join task_place as place
    on place.unit_kind = coalesce(thing.unit_kind, before.unit_kind)
    and place.unit_id = coalesce(thing.unit_id, before.unit_id)
where before.task_id is not null
    or is_failing
    or passed.seen_on >= left($as_of, length(passed.seen_on))
order by dated.task_id;
