"""Fit a city's own coordinates to known ones by control points: shift, turn and scale."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.errors import InputDataError

XY = NDArray[np.float64]

_SAME_POINT: Final = 1e-3
"""Control points nearer to each other than this, in units of their file, are one point."""


@dataclass(frozen=True)
class Similarity:
    """A plane similarity: east = a x - b y + east_m, north = b x + a y + north_m."""

    a: float
    b: float
    east_m: float
    north_m: float

    @property
    def scale(self) -> float:
        """Metres for one unit of the local coordinates."""
        return float(np.hypot(self.a, self.b))

    @property
    def rotation_degrees(self) -> float:
        """Turn from the local axes to east and north, counter-clockwise, -180..180."""
        return float(np.degrees(np.arctan2(self.b, self.a)))

    def apply(self, xy: XY) -> XY:
        """Give metres, shape (n, 2), easting first, of local coordinates of the same shape."""
        x, y = np.asarray(xy, dtype=np.float64).reshape(-1, 2).T
        return np.column_stack(
            [self.a * x - self.b * y + self.east_m, self.b * x + self.a * y + self.north_m]
        )


@dataclass(frozen=True)
class Fit:
    """A similarity, and by how far it misses each control point, shape (n,) in metres."""

    similarity: Similarity
    residual_m: NDArray[np.float64]


def fit_similarity(local_xy: XY, metric_xy: XY) -> Fit:
    """Fit the four-parameter similarity that takes local coordinates to metres, by least squares.

    Two points determine it, so their residuals are 0 and prove nothing; three or more show how well
    it fits. Both systems must have the same handedness: (x, y) is east, north.

    Parameters
    ----------
    local_xy, metric_xy
        Shape (n, 2) each, n >= 2, the same points in the same order.

    Raises
    ------
    InputDataError
        Fewer than two points, numbers that are not finite, or all points at one place.
    """
    local = np.asarray(local_xy, dtype=np.float64).reshape(-1, 2)
    metric = np.asarray(metric_xy, dtype=np.float64).reshape(-1, 2)
    _require_two_places(local, metric)
    middle, target = local.mean(axis=0), metric.mean(axis=0)
    (x, y), (east, north) = (local - middle).T, (metric - target).T
    spread = float(np.sum(x * x + y * y))
    a = float(np.sum(x * east + y * north)) / spread
    b = float(np.sum(x * north - y * east)) / spread
    shift = target - np.array([a * middle[0] - b * middle[1], b * middle[0] + a * middle[1]])
    similarity = Similarity(a, b, float(shift[0]), float(shift[1]))
    miss = similarity.apply(local) - metric
    return Fit(similarity, np.hypot(miss[:, 0], miss[:, 1]))


def _require_two_places(local: XY, metric: XY) -> None:
    if not (np.isfinite(local).all() and np.isfinite(metric).all()):
        raise InputDataError(
            "a control point is not a finite number; expected [x, y, lon, lat]. Correct it."
        )
    for places in (local, metric):
        apart = 0.0 if len(places) < 2 else float(np.ptp(places, axis=0).max())
        if apart <= _SAME_POINT:
            raise InputDataError(
                f"{len(places)} control points stand at fewer than two places; expected at least "
                "two, as far apart as the city is wide. Add one."
            )
