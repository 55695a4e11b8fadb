-- takes over from table earlier_duties what an earlier release saw of a duty and this one does not: the
-- ledger of a month speaks of that month alone. What was done stays done
update duty
set expected = earlier.expected, counted = earlier.counted, state = earlier.state
from earlier_duties as earlier
where earlier.duty_id = duty.duty_id and earlier.due_on = duty.due_on
    and earlier.zh = duty.zh and earlier.owner is not distinct from duty.owner
    and duty.state <> 'done'
    and (earlier.state = 'done' or (earlier.state = 'missed' and duty.state = 'unknown'));
