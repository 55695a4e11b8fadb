-- one row per owner of a duty or of a task with a day, by name
select owner
from (
    select duty.owner
    from duty
    union
    select task.owner
    from task
    where task.due_on is not null
) as named
where owner is not null
order by owner;
