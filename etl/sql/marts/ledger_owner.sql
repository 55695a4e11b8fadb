-- masks owners of a staged ledger, which stands where the braces are; gives how many rows it changed
-- parameters: $owners as written, $shown as they are kept, text [] of one length
update {staged} as rows
set owner = masked.shown
from (
    select
        unnest(cast($owners as text [])) as owner,
        unnest(cast($shown as text [])) as shown
) as masked
where rows.owner = masked.owner;
