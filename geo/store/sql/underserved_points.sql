-- One row a demand point of grids [lo, hi) that no facility of a category reaches within a limit, by grid and point.
-- Parameters: category, mode (0 line, 1 walk), limit_dm, lo, hi (grid_idx), own (only the facilities of the grid's own
-- district count). walk_dm and the facilities are null where there is none.
with answered as (
    select
        d.grid_idx,
        d.demand_idx,
        d.basis_total as amount,
        r.walk_code as code_all,
        o.demand_idx is not null as differs,
        r.line_dm as line_all,
        r.line_facility_idx as line_facility_all,
        r.walk_dm as walk_all,
        r.walk_facility_idx as walk_facility_all,
        o.line_dm as line_own,
        o.line_facility_idx as line_facility_own,
        o.walk_dm as walk_own,
        o.walk_facility_idx as walk_facility_own,
        o.walk_code as code_own
    from demand as d
    inner join reach as r on r.category_idx = $category and r.demand_idx = d.demand_idx
    left join reach_own as o
        on $own and o.category_idx = $category and o.demand_idx = d.demand_idx
    where d.grid_idx >= $lo and d.grid_idx < $hi
),

chosen as (
    select
        grid_idx,
        demand_idx,
        coalesce(amount, 0) as amount,
        case when differs then line_own else line_all end as line_dm,
        case when differs then line_facility_own else line_facility_all end as line_facility_idx,
        case when differs then walk_own else walk_all end as walk_dm,
        case when differs then walk_facility_own else walk_facility_all end as walk_facility_idx,
        case when differs then code_own else code_all end as code
    from answered
)

select *
from chosen
where case when $mode = 0 then line_dm else walk_dm end is null
    or case when $mode = 0 then line_dm else walk_dm end > $limit_dm
order by grid_idx, demand_idx
