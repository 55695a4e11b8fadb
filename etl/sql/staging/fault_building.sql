-- one row when buildings stand outside every grid
-- parameters: $source text
select
    'XY_RANGE' as code,
    'warning' as severity,
    $source as source,
    min(row) as row,
    null as feature_id,
    count(*) || ' buildings stand in no grid (first: row ' || min(row) || ').' as message,
    'They are kept aside and their people are not counted. Check their coordinates.' as action,
    count(*) as affected,
    list(row order by row) as rows
from stg_building
where reject_reason is not null
having count(*) > 0
order by row;
