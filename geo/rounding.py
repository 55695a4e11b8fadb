"""Round lengths to whole units in the one direction that each kind of distance allows.

A walk is rounded up and a straight line down, so that no rounding can ever make a walk shorter than
the line between the same two places.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.jit import kernel

NOISE: Final = 1e-4
"""Parts of a unit that count as float noise, not as length: 1 micrometre where the unit is 1 cm.

City coordinates near 5e6 m carry about 1e-9 m of noise, and a sum of some hundred roundings stays
far below one decimetre.
"""


@kernel
def ceil_cm(length_m: float) -> int:
    """Round one length in metres up to whole centimetres; usable inside other kernels."""
    return math.ceil(length_m * 100.0 - NOISE)


def ceil_cm_array(length_m: NDArray[np.float64]) -> NDArray[np.int64]:
    """Round lengths in metres up to whole centimetres; any shape, also empty."""
    return np.ceil(length_m * 100.0 - NOISE).astype(np.int64)
