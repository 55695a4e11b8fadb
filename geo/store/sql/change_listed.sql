-- One row a facility or grid that is not what it was. Order: as written.
select
    d.kind,
    d.what,
    d.id,
    d.name,
    d.category,
    d.lon,
    d.lat,
    d.metres,
    d.before,
    d.after,
    d.detail,
    d.dated,
    d.served_milli,
    d.district,
    d.street,
    d.community
from difference as d
order by d.difference_idx
