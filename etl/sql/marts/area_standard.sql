-- one row per category x mode x area: the sums of its grids within the category's own radius
insert into area_standard
with owners as (
    select grid_idx, 0 as area_idx from grid
    union all
    select grid_idx, district_idx from grid where district_idx is not null
    union all
    select grid_idx, street_idx from grid where street_idx is not null
    union all
    select grid_idx, community_idx from grid where community_idx is not null
)

select
    profile_standard.category_idx,
    profile_standard.mode,
    owners.area_idx,
    sum(profile_standard.people)::bigint as people,
    sum(profile_standard.households)::bigint as households,
    sum(profile_standard.elderly)::bigint as elderly,
    sum(profile_standard.children)::bigint as children,
    sum(profile_standard.area)::bigint as area
from profile_standard
inner join owners on owners.grid_idx = profile_standard.grid_idx
group by all
order by profile_standard.category_idx, profile_standard.mode, owners.area_idx;
