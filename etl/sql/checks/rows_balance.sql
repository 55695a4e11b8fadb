-- one row per file whose rows do not add up
select
    path,
    rows_in,
    rows_loaded,
    rows_fixed,
    rows_quarantined
from source
where rows_in <> rows_loaded + rows_fixed + rows_quarantined or rows_loaded < 0 or rows_fixed < 0
order by source_idx;
