-- one row per window of table duty_window, by its number: how many places of $level have at least
-- $times rows of the ledger in it, with one of $items where there are any; a row without a day
-- counts where its month begins in the period, or its year is what the window is for
with done as (
    select
        place_chain.level_idx,
        ledger_row.date_on,
        ledger_row.period,
        count(*) as times
    from ledger_row
    inner join ledger on ledger.ledger_idx = ledger_row.ledger_idx
    inner join place_chain
        on place_chain.unit = ledger.unit and place_chain.place_idx = ledger_row.place_idx
        and place_chain.level = $level
    where ledger_row.ledger_idx = $ledger
        and (len($items) = 0 or list_contains($items, ledger_row.item))
    group by place_chain.level_idx, ledger_row.date_on, ledger_row.period
),

by_place as (
    select
        duty_window.number,
        done.level_idx,
        sum(done.times) as times
    from duty_window
    inner join done on case
        when done.date_on is not null
            then done.date_on between duty_window.first_on and duty_window.last_on
        when length(done.period) = 7
            then done.period || '-01' >= duty_window.first_month
                and done.period <= duty_window.last_month
        else done.period = duty_window.name
    end
    group by duty_window.number, done.level_idx
)

select
    duty_window.number,
    count(by_place.level_idx) filter (where by_place.times >= $times) as counted
from duty_window
left join by_place on by_place.number = duty_window.number
group by duty_window.number
order by duty_window.number;
