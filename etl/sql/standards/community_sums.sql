-- one row per area of a level: sums over its communities, null where one of them has none; parameter: level
-- Order: area
with held as (
    select
        place_chain.level_idx as area_idx,
        count(*) as communities,
        count(community.staff) as know_staff,
        sum(community.staff) as staff,
        count(community.regular) as know_regular,
        sum(community.regular) as regular,
        count(community.contract) as know_contract,
        sum(community.contract) as contract
    from place_chain
    left join community on community.area_idx = place_chain.place_idx
    where place_chain.unit = 'community' and place_chain.level = $level
        and not place_chain.is_side
    group by all
)

select
    case when held.know_staff = held.communities then held.staff end as staff,
    case when held.know_regular = held.communities then held.regular end as regular,
    case when held.know_contract = held.communities then held.contract end as contract
from area
left join held on held.area_idx = area.area_idx
where area.level = $level
order by area.area_idx;
