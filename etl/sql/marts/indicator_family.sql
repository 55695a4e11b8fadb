-- one row per value of an indicator, numbered, with the number of the value it is part of
with numbered as (
    select
        row_number() over (order by rowid) - 1 as cell,
        level,
        place_idx,
        period,
        numerator,
        denominator
    from indicator_value
    where indicator_idx = $indicator
),

holders as (
    select
        unit,
        place_idx,
        level,
        level_idx,
        list_position(['city', 'district', 'street', 'community', 'grid'], level) as depth
    from place_chain
    where level <> unit and not is_side
),

parents as (
    select
        part.cell,
        arg_max(whole.cell, holders.depth) as parent
    from numbered as part
    inner join holders on holders.unit = part.level and holders.place_idx = part.place_idx
    inner join numbered as whole
        on whole.level = holders.level and whole.place_idx = holders.level_idx
        and whole.period is not distinct from part.period
    group by part.cell
)

select
    numbered.cell,
    parents.parent,
    numbered.numerator,
    numbered.denominator
from numbered
left join parents on parents.cell = numbered.cell
order by numbered.cell;
