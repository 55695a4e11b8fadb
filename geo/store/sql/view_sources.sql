-- One row a file that was read, in the order of the build.
select
    s.path,
    s.kind,
    s.sha256,
    s.bytes,
    s.rows_in,
    s.rows_loaded,
    s.rows_fixed,
    s.rows_quarantined,
    s.crs,
    s.encoding,
    s.note
from source as s
order by s.source_idx
