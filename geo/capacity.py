"""Tell whether a service is enough: floating catchments, assignment up to capacity, resilience.

All of it is arithmetic on the pairs of `geo.catchment`. People and capacities are plain floats or
integers of one unit each; nothing here knows what a seat or a bed is.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.catchment import Catchments
from geo.jit import kernel

METHODS: Final = ("2sfca", "e2sfca_gauss", "e2sfca_step")
"""Floating catchments by their weight: one; Gaussian; three zones."""

STEP_WEIGHTS: Final = (1.0, 0.68, 0.22)
"""Weights of the three zones by Luo and Qi (Health & Place 15, 2009), slow decay."""


def weights(distance_dm: NDArray[np.int32], limit_dm: int, method: str) -> NDArray[np.float64]:
    """Give the weight of each distance, 1 at 0.

    `2sfca` weighs all alike (Luo and Wang 2003). `e2sfca_gauss` falls to 0 at the limit as
    (exp(-(d/T)^2/2) - exp(-1/2)) / (1 - exp(-1/2)) (Dai 2010). `e2sfca_step` has three zones, each
    a third of the limit wide, its outer edge included (Luo and Qi 2009).

    Parameters
    ----------
    distance_dm
        Any shape, 0 to `limit_dm`.
    limit_dm
        The catchment, > 0.
    method
        One of `METHODS`.
    """
    if method == "2sfca":
        return np.ones(distance_dm.shape)
    share = distance_dm / float(limit_dm)
    if method == "e2sfca_gauss":
        least = np.exp(-0.5)
        return (np.exp(-0.5 * share * share) - least) / (1.0 - least)
    if method == "e2sfca_step":
        # Compared as integers, so that the edge of a zone is in the zone on every machine.
        zone = (3 * distance_dm.astype(np.int64) > limit_dm).astype(np.int64)
        zone += 3 * distance_dm.astype(np.int64) > 2 * limit_dm
        return np.asarray(STEP_WEIGHTS)[zone]
    raise ValueError(method)


@dataclass(frozen=True)
class Access:
    """What a floating catchment gives.

    `of_point` float64 (n,): units of capacity per person, 0 where nothing is in reach. `ratio`
    float64 (f,): capacity of a facility per weighted person of its catchment, NaN where nobody is
    in it or the capacity is not known.
    """

    of_point: NDArray[np.float64]
    ratio: NDArray[np.float64]


def floating_catchment(
    catchments: Catchments,
    people: NDArray[np.float64],
    capacity: NDArray[np.float64],
    limit_dm: int,
    method: str,
) -> Access:
    """Share out the capacity of each facility among those in its catchment, and add up by person.

    Step one: capacity over the weighted people in the catchment. Step two: the weighted sum of
    these ratios over the facilities that a point can reach. So the sum of people x access is the
    capacity of the facilities that anybody can reach: what goes in comes out.

    Parameters
    ----------
    catchments
        As `geo.catchment` lists them, at least up to `limit_dm`.
    people
        Shape (n,), >= 0, by point.
    capacity
        Shape (f,), >= 0 by facility; NaN where it is not known: such a facility gives nothing.
    limit_dm, method
        As `weights` reads them.
    """
    ratio = np.full(len(catchments.start) - 1, np.nan)
    of_point = np.zeros(len(people))
    by_distance = weights(np.arange(limit_dm + 1, dtype=np.int32), limit_dm, method)
    _share_out(
        *(catchments.start, catchments.point, catchments.distance_dm, by_distance),
        *(np.asarray(people, dtype=np.float64), np.asarray(capacity, dtype=np.float64)),
        *(ratio, of_point),
    )
    return Access(of_point, ratio)


@kernel
def _share_out(
    start: NDArray[np.int64],
    point: NDArray[np.int32],
    distance_dm: NDArray[np.int32],
    by_distance: NDArray[np.float64],
    people: NDArray[np.float64],
    capacity: NDArray[np.float64],
    ratio: NDArray[np.float64],
    of_point: NDArray[np.float64],
) -> None:
    """Do both steps facility by facility, in order, so that the last digit is always the same."""
    for j in range(ratio.size):
        demand = 0.0
        for k in range(start[j], start[j + 1]):
            if distance_dm[k] < by_distance.size:
                demand += people[point[k]] * by_distance[distance_dm[k]]
        if demand <= 0.0 or np.isnan(capacity[j]):
            continue
        ratio[j] = capacity[j] / demand
        for k in range(start[j], start[j + 1]):
            if distance_dm[k] < by_distance.size:
                of_point[point[k]] += ratio[j] * by_distance[distance_dm[k]]


@dataclass(frozen=True)
class Assigned:
    """Who was served where.

    `served` int64 (n,) by point, `load` int64 (f,) by facility, both in the unit of the demand;
    what is left of the demand is `demand - served`.
    """

    served: NDArray[np.int64]
    load: NDArray[np.int64]


def assign_nearest(
    catchments: Catchments,
    demand: NDArray[np.int64],
    capacity: NDArray[np.int64],
    limit_dm: int,
) -> Assigned:
    """Fill facilities from the nearest pair to the farthest, each up to its capacity.

    Pairs are taken by distance, then by facility, then by point, so the answer does not depend on
    the order of the input. Whoever finds a facility full goes on to the next that is in reach. It
    is the rule of growing catchments with a residual, a greedy one: it need not serve the most.

    Parameters
    ----------
    catchments
        As `geo.catchment` lists them.
    demand
        Shape (n,), whole units wanted at each point, >= 0.
    capacity
        Shape (f,), whole units that each facility has, >= 0; give 0 where it is not known.
    limit_dm
        The farthest that anybody goes.
    """
    near = catchments.within(limit_dm)
    order = np.lexsort((near.point, near.facility, near.distance_dm))
    left, free = demand.astype(np.int64), capacity.astype(np.int64)
    _fill(near.point[order], near.facility[order], left, free)
    return Assigned(demand - left, capacity - free)


@kernel
def _fill(
    point: NDArray[np.int32],
    facility: NDArray[np.int32],
    left: NDArray[np.int64],
    free: NDArray[np.int64],
) -> None:
    for k in range(point.size):
        taken = min(left[point[k]], free[facility[k]])
        left[point[k]] -= taken
        free[facility[k]] -= taken


@dataclass(frozen=True)
class Dependence:
    """What hangs on each facility; all int64 (f,), in the unit of the people given.

    `served`: those who can reach it. `sole`: those who can reach no other, and lose the service
    when it closes.
    """

    served: NDArray[np.int64]
    sole: NDArray[np.int64]


def dependence(catchments: Catchments, people: NDArray[np.int64], limit_dm: int) -> Dependence:
    """Tell for every facility whom it serves, and who depends on it alone.

    Parameters
    ----------
    people
        Shape (n,), by point, >= 0.
    """
    near = catchments.within(limit_dm)
    facility, count = near.facility, len(near.start) - 1
    of_point = choices(near, len(people), limit_dm)
    amount = people[near.point]
    alone = np.where(of_point[near.point] == 1, amount, 0)
    return Dependence(_sums(facility, amount, count), _sums(facility, alone, count))


def choices(catchments: Catchments, points: int, limit_dm: int) -> NDArray[np.int64]:
    """Count the facilities within the limit of each point, shape (points,)."""
    return np.bincount(catchments.within(limit_dm).point, minlength=points).astype(np.int64)


def _sums(label: NDArray[np.int32], amount: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Add whole amounts up by label, exactly."""
    total = np.zeros(count, dtype=np.int64)
    np.add.at(total, label, amount)
    return total
