"""Tell how evenly something is spread over people: Lorenz, Gini, Palma and percentiles.

A value belongs to a place, and a place holds people; every person counts once. Values are minutes,
metres or units per person, all >= 0.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Lorenz:
    """A curve from (0, 0) to (1, 1): the lowest `people` share of persons holds `held` of all."""

    people: NDArray[np.float64]
    held: NDArray[np.float64]


def lorenz(value: NDArray[np.float64], people: NDArray[np.float64]) -> Lorenz | None:
    """Give the Lorenz curve, lowest values first; None where nobody holds anything.

    Parameters
    ----------
    value
        Shape (n,), what each person of a place has, >= 0 and finite.
    people
        Shape (n,), >= 0.
    """
    order = np.argsort(value, kind="stable")
    count, total = people[order], (value * people)[order]
    if count.sum() <= 0 or total.sum() <= 0:
        return None
    with_origin = [np.concatenate([[0.0], np.cumsum(part)]) for part in (count, total)]
    return Lorenz(*(part / part[-1] for part in with_origin))


def gini(value: NDArray[np.float64], people: NDArray[np.float64]) -> float | None:
    """Give the Gini coefficient: 0 all have the same, towards 1 one has everything.

    One minus twice the area under the Lorenz curve of the places, which is exact when all people of
    a place have the same. None where nobody holds anything.
    """
    curve = lorenz(value, people)
    if curve is None:
        return None
    width = np.diff(curve.people)
    return float(1.0 - np.sum(width * (curve.held[1:] + curve.held[:-1])))


def palma(value: NDArray[np.float64], people: NDArray[np.float64]) -> float | None:
    """Give the Palma ratio: what the top tenth holds over what the lowest four tenths hold.

    A place that lies across a border counts with its part. None where the lowest hold nothing.
    """
    curve = lorenz(value, people)
    if curve is None:
        return None
    low, high = np.interp([0.4, 0.9], curve.people, curve.held)
    return float((1.0 - high) / low) if low > 0 else None
