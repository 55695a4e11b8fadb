-- one row per place x period that the ledger has a row for, of one indicator; the two parts of the
-- formula stand where the braces are
insert into indicator_value
select
    $indicator as indicator_idx,
    place_chain.level,
    place_chain.level_idx as place_idx,
    ledger_cells.period,
    {numerator} as numerator,
    {denominator} as denominator,
    count(*) as n_rows,
    false as is_withheld
from ledger_cells
inner join place_chain
    on place_chain.unit = $unit and place_chain.place_idx = ledger_cells.place_idx
group by place_chain.level, place_chain.level_idx, ledger_cells.period
order by place_chain.level, place_chain.level_idx, ledger_cells.period;
