-- view_units
-- One row a place of one kind; people in milli. Order: unit_idx. Parameters: kind.
select
    u.unit_id,
    u.name,
    u.people_milli,
    u.lon,
    u.lat,
    u.community_idx,
    u.street_idx,
    u.district_idx,
    u.is_tied
from unit as u
where u.kind = $kind
order by u.unit_idx
