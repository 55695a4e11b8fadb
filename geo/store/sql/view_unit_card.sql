-- view_unit_card
-- One row: a further place with the names of its areas; amounts in persons and square metres. Parameters: unit (unit_idx).
select
    u.unit_idx,
    u.unit_id as id,
    u.name,
    community.name as community,
    street.name as street,
    district.name as district,
    u.street_share,
    u.is_tied,
    u.people_milli / 1000 as people,
    u.households_milli / 1000 as households,
    u.area_dm2 / 100 as area_m2,
    u.attributes
from unit as u
left join area as community on community.area_idx = u.community_idx
left join area as street on street.area_idx = u.street_idx
left join area as district on district.area_idx = u.district_idx
where u.unit_idx = $unit
