-- one row per fault in the rows of the facility files
-- parameters: $piled_names (names on one place)
with blocks as (
    select
        block,
        min(source) as source,
        bool_and(is_unnamed) as is_nameless
    from stg_facility
    group by block
),

piled as (
    select
        source,
        row,
        (round(lon, 5), round(lat, 5)) as place,
        count(distinct name) over (partition by round(lon, 5), round(lat, 5)) as names,
        min(name) over (partition by round(lon, 5), round(lat, 5)) as first_name
    from stg_facility
    where reject_reason is null
),

said as (
    select
        'CODE_DUP' as code,
        'warning' as severity,
        source,
        row,
        source_id as feature_id,
        'The id ' || source_id || ' was already given to another facility of category ' || category
            || '.' as message,
        'The row is kept aside. Give it an id of its own; rows of one facility agree in name and state.'
            as action,
        null::bigint[] as rows
    from stg_facility
    where reject_reason is not null
    union all
    select
        'STATUS_UNKNOWN' as code,
        'warning' as severity,
        source,
        row,
        source_id as feature_id,
        'The state of this facility is not a word that is known; it counts as doubtful.' as message,
        'Write open, closed, planned or doubtful.' as action,
        null::bigint[] as rows
    from stg_facility
    where reject_reason is null and is_unknown_status
    union all
    select
        'FAC_NONAME' as code,
        'note' as severity,
        stg_facility.source,
        stg_facility.row,
        stg_facility.source_id as feature_id,
        'The facility has no name; the name of its category is shown.' as message,
        'Fill in the name.' as action,
        null::bigint[] as rows
    from stg_facility
    inner join blocks on blocks.block = stg_facility.block and not blocks.is_nameless
    where stg_facility.reject_reason is null and stg_facility.is_unnamed
    union all
    select
        'HOURS_TEXT' as code,
        'warning' as severity,
        source,
        row,
        source_id as feature_id,
        'The opening hours "' || left(hours, 60) || '" cannot be read; they count as unknown.' as message,
        'Write them as 周一至周五 8:30-12:00、14:00-21:00 or Mo-Fr 08:30-12:00,14:00-21:00.' as action,
        null::bigint[] as rows
    from stg_facility
    where reject_reason is null and pos = lead_pos and hours_fault = 'unread'
    union all
    select
        'HOURS_NODAYS' as code,
        'note' as severity,
        source,
        min(row) as row,
        null as feature_id,
        'Hours that name no day: ' || count(*) || '. Whether they hold at the weekend is not known.'
            as message,
        'Write 每天 or the days; or, where all mean every day, days_unnamed = "daily" in [openings].'
            as action,
        list(row order by row) as rows
    from stg_facility
    where reject_reason is null and pos = lead_pos and hours_fault = 'no_days'
    group by source
    union all
    select
        'SHARING_TEXT' as code,
        'warning' as severity,
        source,
        row,
        source_id as feature_id,
        'Whether the public may use it is not said in a word that is known; it counts by its state.'
            as message,
        'Write 是 or 否, yes or no.' as action,
        null::bigint[] as rows
    from stg_facility
    where reject_reason is null and pos = lead_pos and is_unknown_sharing
    union all
    select
        'NOT_SHARED' as code,
        'note' as severity,
        source,
        min(row) as row,
        null as feature_id,
        'Rented out or not open to the public: ' || count(*) || '.' as message,
        'They are shown and never counted.' as action,
        list(row order by row) as rows
    from stg_facility
    where reject_reason is null and uncounted in ('rented', 'not_shared')
    group by source
    union all
    select
        'FAC_NONAME' as code,
        'note' as severity,
        source,
        null as row,
        null as feature_id,
        'No facility of this file has a name; the name of its category is shown.' as message,
        'Name the column of names with `name =`.' as action,
        null::bigint[] as rows
    from blocks
    where is_nameless
    union all
    select
        'STATUS_CLOSED' as code,
        'note' as severity,
        source,
        min(row) as row,
        null as feature_id,
        'Not open: ' || count(*) || ' (closed, planned or doubtful).' as message,
        'They are shown and never counted.' as action,
        list(row order by row) as rows
    from stg_facility
    where reject_reason is null and uncounted = 'status'
    group by source
    union all
    select
        'XY_DUP' as code,
        'warning' as severity,
        source,
        min(row) as row,
        null as feature_id,
        min(names) || ' facilities with different names stand on one point (first: '
            || min(first_name) || ').' as message,
        'They were probably placed by street or district. Check their coordinates.' as action,
        list(row order by row) as rows
    from piled
    where names >= $piled_names
    group by place, source
)

select
    code,
    severity,
    source,
    row,
    feature_id,
    message,
    action,
    coalesce(len(rows), 1) as affected,
    rows
from said
order by source, row nulls first, code;
