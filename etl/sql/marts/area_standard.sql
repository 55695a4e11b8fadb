-- one row per category x mode x area: the sums of its grids within the category's own radius
insert into area_standard
select
    profile_standard.category_idx,
    profile_standard.mode,
    grid_owner.area_idx,
    sum(profile_standard.people)::bigint as people,
    sum(profile_standard.households)::bigint as households,
    sum(profile_standard.elderly)::bigint as elderly,
    sum(profile_standard.children)::bigint as children,
    sum(profile_standard.area)::bigint as area
from profile_standard
inner join grid_owner on grid_owner.grid_idx = profile_standard.grid_idx
group by all
order by profile_standard.category_idx, profile_standard.mode, grid_owner.area_idx;
