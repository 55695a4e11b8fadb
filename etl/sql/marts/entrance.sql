-- one row per entrance, each place of a facility once, in the order of the rows that name it
insert into entrance
with placed as (
    select
        facility_key.facility_idx,
        raw_entrances.lon,
        raw_entrances.lat,
        min(struct_pack(pos := raw_entrances.pos, step := raw_entrances.step)) as first_named
    from raw_entrances
    inner join stg_facility on stg_facility.pos = raw_entrances.pos
    inner join facility_key on facility_key.pos = stg_facility.lead_pos
    where stg_facility.reject_reason is null
    group by facility_key.facility_idx, raw_entrances.lon, raw_entrances.lat
)

select
    cast(row_number() over (order by facility_idx, first_named) - 1 as integer) as entrance_idx,
    facility_idx,
    lon,
    lat
from placed
order by entrance_idx;
