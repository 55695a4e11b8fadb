-- one row per facility whose floor area is 0 or beyond what one facility has
-- parameters: $largest_m2
select
    'AREA_ODD' as code,
    'warning' as severity,
    source,
    row,
    source_id as feature_id,
    case when floor_area_dm2 = 0
        then 'The floor area is 0 m2.'
        else printf(
            'The floor area is %.0f m2; expected up to %d.', floor_area_dm2 / 100, $largest_m2::bigint
        )
    end as message,
    'It is used as it is. Check the number and its unit: mu, hectares or square metres.' as action,
    1 as affected,
    null::bigint[] as rows
from stg_facility
where reject_reason is null
    and (floor_area_dm2 = 0 or floor_area_dm2 > $largest_m2 * 100)
order by source, row;
