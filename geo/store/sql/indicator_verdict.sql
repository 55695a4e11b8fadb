case
    -- the verdict on a value, for every query that tells values; a percentage over 100 is a fault
    -- of the data and no pass, unless the target asks for it
    when target is null then null
    when value is null then 'not_assessable'
    when target <= 1 and (is_over or (is_percentage and value > 1.000000001))
        then 'not_assessable'
    when is_high_better and value >= target then 'pass'
    when not is_high_better and value <= target then 'pass'
    else 'fail'
end
