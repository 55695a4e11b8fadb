-- grade every grid: A measured, B apportioned or off the streets, C doubtful or unknown
update grid
set reliability = grid_grade.grade
from grid_grade
where grid_grade.grid_idx = grid.grid_idx;
