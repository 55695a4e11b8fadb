-- one row per facility: its leading row and its key; the id is the source's, made unique by
-- category, then by block
create or replace temp table facility_key as
with leads as (
    select
        pos,
        block,
        category,
        source_id,
        count(*) over (partition by source_id) as same_id,
        count(*) over (partition by category, source_id) as same_id_and_category
    from stg_facility
    where reject_reason is null and pos = lead_pos
),

keyed as (
    select
        pos,
        case
            when same_id = 1 then source_id
            when same_id_and_category = 1 then category || ':' || source_id
            else category || ':' || source_id || ':' || block
        end as facility_id
    from leads
)

select
    pos,
    facility_id,
    cast(row_number() over (order by facility_id) - 1 as integer) as facility_idx
from keyed
order by facility_idx;
