-- view_unit_rows
-- One row a place of one kind in an area, a page of them; amounts in milli, area in dm2. Order: unit_idx.
-- Parameters: kind; area (area_idx, null: all); limit, offset.
select
    u.unit_id as id,
    u.name,
    community.code as community,
    street.code as street,
    district.code as district,
    u.street_share,
    u.is_tied,
    g.grid_id as grid,
    u.people_milli,
    u.households_milli,
    u.area_dm2,
    u.lon,
    u.lat,
    u.attributes
from unit as u
left join area as community on community.area_idx = u.community_idx
left join area as street on street.area_idx = u.street_idx
left join area as district on district.area_idx = u.district_idx
left join grid as g on g.grid_idx = u.grid_idx
where
    u.kind = $kind
    and ($area is null or $area in (u.community_idx, u.street_idx, u.district_idx))
order by u.unit_idx
limit $limit offset $offset
