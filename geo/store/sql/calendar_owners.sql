-- one row per owner of a duty or of a task with a day, as it is shown, by name
with shown as (
    {shown}
)

select owner
from (
    select duty.owner
    from duty
    union
    select shown.owner
    from shown
    where shown.due is not null
) as named
where owner is not null
order by owner;
