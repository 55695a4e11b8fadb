-- one row per fault in the rows of the facility files
with blocks as (
    select
        block,
        min(source) as source,
        bool_and(is_unnamed) as is_nameless
    from stg_facility
    group by block
)

select
    'CODE_DUP' as code,
    'warning' as severity,
    source,
    row,
    source_id as feature_id,
    'The id ' || source_id || ' was already given to another facility of category ' || category
        || '.' as message,
    'The row is kept aside. Give it an id of its own; rows of one facility agree in name and state.'
        as action
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
    'Write open, closed, planned or doubtful.' as action
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
    'Fill in the name.' as action
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
    'Name the column of names with `name =`.' as action
from blocks
where is_nameless
union all
select
    'STATUS_CLOSED' as code,
    'note' as severity,
    source,
    null as row,
    null as feature_id,
    'Not open: ' || count(*) || ' (closed, planned or doubtful).' as message,
    'They are shown and never counted.' as action
from stg_facility
where reject_reason is null and status <> 'open'
group by source
union all
select
    'XY_DUP' as code,
    'warning' as severity,
    min(source) as source,
    min(row) as row,
    null as feature_id,
    count(distinct name) || ' facilities with different names stand on one point (first: '
        || min(name) || ').' as message,
    'They were probably placed by street or district. Check their coordinates.' as action
from stg_facility
where reject_reason is null
group by round(lon, 5), round(lat, 5)
having count(distinct name) >= 5
order by source, row nulls first, code;
