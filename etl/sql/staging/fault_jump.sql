-- one row per grid whose people changed by more than a share since the published month
-- parameters: $source text, $jump share, $month of the published release
-- needs the view grid_before: grid_id, people_milli
select
    'POP_JUMP' as code,
    'warning' as severity,
    $source as source,
    stg_grid.row,
    grid.grid_id as feature_id,
    printf(
        'People %d in %s, now %d (%+.1f %%).',
        grid_before.people_milli // 1000,
        $month,
        grid.people_milli // 1000,
        100.0 * (grid.people_milli - grid_before.people_milli) / grid_before.people_milli
    ) as message,
    'The new number is used. Check it.' as action
from grid
inner join grid_before on grid_before.grid_id = grid.grid_id
inner join stg_grid on stg_grid.grid_id = grid.grid_id and stg_grid.reject_reason is null
where grid_before.people_milli > 0
    and abs(grid.people_milli - grid_before.people_milli) > $jump * grid_before.people_milli
order by stg_grid.row;
