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
    where reject_reason is null and status <> 'open'
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
