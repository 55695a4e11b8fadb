-- one row per grid x area that owns it: community, street, district and the city
create or replace temp view grid_owner as
select grid_idx, 0 as area_idx from grid
union all
select grid_idx, district_idx from grid where district_idx is not null
union all
select grid_idx, street_idx from grid where street_idx is not null
union all
select grid_idx, community_idx from grid where community_idx is not null;
