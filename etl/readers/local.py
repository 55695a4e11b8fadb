"""Read a city's own coordinates by control points, and say how well the points fit."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from etl.layers import Fault
from etl.settings import Source
from geo.control import Fit, Similarity, fit_similarity
from geo.crs import choose_metric_crs, to_lonlat, to_metric
from geo.errors import InputDataError, SettingsError

XY = NDArray[np.float64]

_LARGE_RESIDUAL_M: Final = 1.0
"""A control point that a surveyor measured fits to centimetres."""
_SCALE: Final = 1e-3
"""A city's plane is metres on the ground; 1 m a kilometre off is a wrong point or unit."""
_TURN_DEGREES: Final = 3.0
"""A grid's north leaves true north by at most 2 degrees inside a zone; more: axes exchanged?"""


@dataclass(frozen=True)
class LocalGrid:
    """A city's own plane: the similarity that takes it to `crs`."""

    similarity: Similarity
    crs: str

    def to_lonlat(self, xy: XY) -> XY:
        """Give WGS 84 lon/lat, shape (n, 2), of local coordinates of the same shape."""
        return to_lonlat(self.crs, self.similarity.apply(xy))


def local_grid(source: Source) -> tuple[LocalGrid, Fault]:
    """Fit the control points of a source; the fault shows every residual.

    The plane is that which `choose_metric_crs` gives for the control points: a city's own grid is,
    nearly always, such a plane moved and turned.

    Raises
    ------
    SettingsError
        There are fewer than two, they stand at one place, or are not on the globe.
    """
    points = np.array(source.control_points, dtype=np.float64).reshape(-1, 4)
    local, lonlat = points[:, :2], points[:, 2:]
    try:
        low, high = lonlat.min(axis=0, initial=180), lonlat.max(axis=0, initial=-180)
        crs = choose_metric_crs((low[0], low[1], high[0], high[1])) if len(points) else ""
        fit = fit_similarity(local, to_metric(crs, lonlat) if crs else lonlat)
    except InputDataError as failure:
        raise SettingsError(
            f'{source.title}: crs = "local" cannot be used: {failure} Expected two or more: '
            "control_points = [[x, y, lon, lat], ...], x to the east as the file writes it, "
            "longitude and latitude in WGS 84."
        ) from failure
    return LocalGrid(fit.similarity, crs), _fitted(source, fit, crs)


def _fitted(source: Source, fit: Fit, crs: str) -> Fault:
    similarity = fit.similarity
    worst = float(fit.residual_m.max())
    is_odd_scale = abs(similarity.scale - 1) > _SCALE
    is_turned = abs(similarity.rotation_degrees) > _TURN_DEGREES
    residuals = ", ".join(f"{number}: {m:.3f} m" for number, m in enumerate(fit.residual_m, 1))
    proof = " Two points always fit; a third would prove it." if len(fit.residual_m) == 2 else ""
    doubts = [
        *(["a point misses by more than 1 m"] if worst > _LARGE_RESIDUAL_M else []),
        *(["the scale is not that of metres"] if is_odd_scale else []),
        *(["the axes are turned; x must be east, y north"] if is_turned else []),
    ]
    return Fault(
        code="CRS_CONTROL",
        severity="warning" if doubts else "note",
        source=source.shown,
        row=None,
        feature_id=None,
        message=(
            f"Local coordinates fitted to {crs} by {len(fit.residual_m)} control points: scale "
            f"{similarity.scale:.7f}, turned {similarity.rotation_degrees:+.4f} degrees, residuals "
            f"{residuals}.{proof}"
        ),
        action=f"Check the control points: {'; '.join(doubts)}." if doubts else "Nothing to do.",
    )
