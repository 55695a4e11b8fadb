"""List the facilities of doubtful state that would change a grid's answer if they were open."""

import numpy as np

from etl.compute import Ground
from etl.staging import etl_sql
from geo.reach import line_reach
from geo.store.connect import Connection
from geo.store.queries import fetch_columns
from geo.store.write import append
from geo.walk import MAX_MINUTES


def store_doubtful(con: Connection, ground: Ground) -> None:
    """Fill the table doubtful: by category, the nearest doubtful facility of every grid.

    Only those within the longest walk in a straight line; whether one is within the minutes that
    are asked for is seen then.
    """
    doors = fetch_columns(con, etl_sql("marts/doubtful_doors"))
    if not len(doors["facility_idx"]):
        return
    door_xy = ground.shapes.to_metric(np.column_stack([doors["lon"], doors["lat"]]))
    inside_xy = ground.shapes.to_metric(ground.shapes.inside)
    limit_dm = ground.speeds[0].limit_dm(MAX_MINUTES)
    of_door = np.asarray(doors["category_idx"])
    facility = np.asarray(doors["facility_idx"], dtype=np.int32)
    for category in np.unique(of_door):
        mine = of_door == category
        line_dm, nearest = line_reach(inside_xy, door_xy[mine], facility[mine])
        grid = np.flatnonzero(line_dm <= limit_dm)
        append(
            con,
            "doubtful",
            {
                "category_idx": np.full(len(grid), category, dtype=np.int16),
                "grid_idx": grid.astype(np.int32),
                "facility_idx": nearest[grid],
                "line_dm": line_dm[grid],
            },
        )
