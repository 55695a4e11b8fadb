-- One row a door, in a box, of a facility of a category that counts; where it touches a street (-1: nowhere).
-- Parameters: category (the base), opening (evening | weekend; null: any hour), west, south, east, north.
select
    e.entrance_idx,
    e.facility_idx,
    e.lon,
    e.lat,
    coalesce(s.edge_idx, -1) as edge_idx,
    coalesce(s.from_u_cm, 0) as from_u_cm,
    coalesce(s.from_v_cm, 0) as from_v_cm,
    coalesce(s.leg_cm, 0) as leg_cm
from facility as f
inner join entrance as e on e.facility_idx = f.facility_idx
left join snap as s on s.kind = 'entrance' and s.idx = e.entrance_idx
where f.category_idx = $category
    and f.is_open
    and case $opening
        when 'evening' then coalesce(f.is_open_evening, false)
        when 'weekend' then coalesce(f.is_open_weekend, false)
        else true
    end
    and e.lon between $west and $east and e.lat between $south and $north
order by e.entrance_idx
