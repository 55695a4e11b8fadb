-- add one row per category x opening for which the hours of any open facility tell; 'all' has none:
-- what it asks for is too many things at once to be known at an hour
insert into category by name
with asked as (
    select
        category.category_idx,
        opening.opening,
        opening.step,
        case opening.opening
            when 'evening' then facility.is_open_evening
            else facility.is_open_weekend
        end as is_open_then
    from facility
    inner join category on category.category_idx = facility.category_idx
    cross join (values (0, 'evening'), (1, 'weekend')) as opening (step, opening)
    where facility.is_open
),

counted as (
    select
        asked.category_idx,
        asked.opening,
        asked.step,
        count(*) filter (where asked.is_open_then) as facilities,
        count(*) filter (where asked.is_open_then is null) as facilities_unknown
    from asked
    group by asked.category_idx, asked.opening, asked.step
    having count(asked.is_open_then) > 0
)

select
    cast(
        (select max(category_idx) from category)
        + row_number() over (order by base.category_idx, counted.step) as smallint
    ) as category_idx,
    base.code || '@' || counted.opening as code,
    base.zh,
    base.en,
    base.grp,
    base.glyph,
    base.level,
    base.radius_m,
    false as is_mandatory,
    cast(counted.facilities as integer) as facilities,
    cast(base.facilities + base.facilities_other - counted.facilities as integer)
        as facilities_other,
    base.source_zh,
    base.source_en,
    base.confidence,
    base.category_idx as base_idx,
    counted.opening,
    cast(counted.facilities_unknown as integer) as facilities_unknown
from counted
inner join category as base on base.category_idx = counted.category_idx
order by base.category_idx, counted.step;
