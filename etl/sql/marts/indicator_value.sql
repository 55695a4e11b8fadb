-- one row per place x period that the ledger has a row for, of one indicator; the staged rows, the sums
-- over the rows of a place, the two parts of the formula and the condition under which a row makes more
-- than 100 % stand where the braces are
-- parameters: $indicator integer, $unit text
insert into indicator_value
with own as (
    select
        place_idx,
        period,
        {parts}
        coalesce(bool_or({over}), false) as is_over,
        count(*) as n_rows
    from {staged}
    group by place_idx, period
)

select
    $indicator as indicator_idx,
    place_chain.level,
    place_chain.level_idx as place_idx,
    own.period,
    {numerator} as numerator,
    {denominator} as denominator,
    sum(own.n_rows) as n_rows,
    false as is_withheld,
    bool_or(own.is_over and place_chain.level = $unit) as is_over
from own
inner join place_chain
    on place_chain.unit = $unit and place_chain.place_idx = own.place_idx
-- where small counts are withheld there is no second way up by which they could be had
inner join indicator on indicator.indicator_idx = $indicator
where indicator.floor = 0 or not place_chain.is_side
group by place_chain.level, place_chain.level_idx, own.period
order by place_chain.level, place_chain.level_idx, own.period;
