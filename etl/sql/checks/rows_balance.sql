-- one row per file whose rows do not add up: in = loaded + fixed + quarantined; the quarantined ones
-- are those that are listed; every row of the grids that entered is a grid
with files as (
    select
        path,
        sum(rows_in) as rows_in,
        sum(rows_loaded) as rows_loaded,
        sum(rows_fixed) as rows_fixed,
        sum(rows_quarantined) as rows_quarantined,
        bool_or(rows_loaded < 0 or rows_fixed < 0) as is_negative,
        sum(rows_loaded + rows_fixed) filter (where kind = 'grids') as grid_rows
    from source
    group by path
),

listed as (
    select source, count(*) as listed_rows
    from rejected
    group by source
)

select
    files.path,
    files.rows_in,
    files.rows_loaded,
    files.rows_fixed,
    files.rows_quarantined,
    coalesce(listed.listed_rows, 0) as listed_rows,
    files.grid_rows
from files
left join listed on listed.source = files.path
where files.rows_in <> files.rows_loaded + files.rows_fixed + files.rows_quarantined
    or files.is_negative
    or files.rows_quarantined <> coalesce(listed.listed_rows, 0)
    or files.grid_rows <> (select count(*) from grid)
order by files.path;
