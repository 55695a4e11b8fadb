-- one row per facility row that a fault names and that covers nobody: rejected, not open, rented out or
-- not shared
create or replace temp table effect_uncounted as
select distinct
    stg_facility.pos,
    stg_facility.category_idx,
    stg_facility.lon,
    stg_facility.lat
from fault_row
inner join stg_facility
    on stg_facility.source = fault_row.source and stg_facility.row = fault_row.row
where stg_facility.reject_reason is not null or stg_facility.uncounted is not null
order by stg_facility.pos;
