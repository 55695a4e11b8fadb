-- join every grid to its committee
-- needs: grid_member (grid_idx, unit_idx)
update grid
set committee_idx = grid_member.unit_idx
from grid_member
where grid_member.grid_idx = grid.grid_idx;
