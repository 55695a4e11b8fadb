-- one row per row of the facility files, typed; rows with one id, name and state in a block and
-- category are entrances of one facility: its first row leads. Same id and another name or state:
-- the later row is rejected.
create or replace temp table stg_facility as
with typed as (
    select
        raw_facilities.pos,
        raw_facilities.block,
        raw_facilities.source,
        raw_facilities.row,
        coalesce(text_of(raw_facilities.id), cast(raw_facilities.row as text)) as source_id,
        raw_facilities.category,
        category_word.category_idx,
        text_of(raw_facilities.name) is null as is_unnamed,
        coalesce(text_of(raw_facilities.name), category_word.zh) as name,
        text_of(raw_facilities.status) is not null and status_word.status is null
            as is_unknown_status,
        case
            when text_of(raw_facilities.status) is null then 'open'
            else coalesce(status_word.status, 'doubtful')
        end as status,
        milli_of(raw_facilities.capacity) as capacity_milli,
        cast(round(number_of(raw_facilities.floor_area_m2) * 100) as bigint) as floor_area_dm2,
        is_not_number(raw_facilities.capacity) or is_not_number(raw_facilities.floor_area_m2)
            as has_text_number,
        raw_facilities.attributes,
        raw_facilities.hours,
        raw_facilities.hours_fault,
        cast(raw_facilities.is_open_evening as boolean) as is_open_evening,
        cast(raw_facilities.is_open_weekend as boolean) as is_open_weekend,
        is_rented_out(raw_facilities.status)
            or is_rented_out(raw_facilities.tenure)
            or is_rented_out(raw_facilities.open_to_public) as is_rented,
        coalesce(not sharing_word.is_shared, false) as is_kept_back,
        amount_text(raw_facilities.open_to_public) is not null
            and sharing_word.word is null
            and not is_rented_out(raw_facilities.open_to_public) as is_unknown_sharing,
        raw_facilities.lon,
        raw_facilities.lat
    from raw_facilities
    left join status_word
        on status_word.word = lower(text_of(raw_facilities.status))
    left join sharing_word
        on sharing_word.word = lower(text_of(raw_facilities.open_to_public))
    inner join category as category_word on category_word.code = raw_facilities.category
),

led as (
    select
        typed.*,
        first_value(pos) over same_id as lead_pos,
        first_value(name) over same_id as lead_name,
        first_value(status) over same_id as lead_status
    from typed
    window same_id as (partition by block, category, source_id order by row, pos)
)

select
    led.* exclude (lead_name, lead_status, is_rented, is_kept_back),
    case
        when is_rented then 'rented'
        when status <> 'open' then 'status'
        when is_kept_back then 'not_shared'
    end as uncounted,
    case when name <> lead_name or status <> lead_status then 'CODE_DUP' end as reject_reason
from led
order by pos;
