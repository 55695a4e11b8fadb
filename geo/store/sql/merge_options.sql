-- one row per small community x neighbour that it could join, the best first; parameter area (code). Order: community, rank
select
    area.code as id,
    area.name,
    street.name as street,
    community.households,
    partner.code as partner,
    partner.name as partner_name,
    merge_suggestion.rank,
    merge_suggestion.households as together,
    merge_suggestion.apart
from merge_suggestion
inner join area on area.area_idx = merge_suggestion.area_idx
inner join area as asked on asked.code = $area
inner join area as partner on partner.code = merge_suggestion.partners
left join area as street on street.area_idx = area.parent_idx
left join community on community.area_idx = merge_suggestion.area_idx
where area.grid_lo >= asked.grid_lo and area.grid_hi <= asked.grid_hi
order by merge_suggestion.area_idx, merge_suggestion.rank;
