"""Hold every number above or below which a row is worth a second look, with where it comes from.

None of them changes a result: a row that is beyond one is used as it is, and listed.
"""

from typing import Final

COARSE_DECIMALS: Final = 4
"""A coordinate with fewer decimals is good to 11 m at best: 1e-4 degrees of latitude are 11.1 m."""
PILED_NAMES: Final = 5
"""So many names on one place of 5 decimals (1.1 m) were placed by street or district."""
SAME_NAME_M: Final = 100.0
"""Two facilities of one category and name this close may be one; usual for points of interest."""
SAME_PLACE_M: Final = 20.0
"""This close they most likely are one: about the width of a shop front or the error of a fix."""
ADMIN_EDGE_M: Final = 20.0
"""A facility this near to the area it names may stand on the other side of the street."""
OFF_STREET_M: Final = 50.0
"""A place farther than half a small block from every street: a street or the place is wrong."""
OVERLAP_M2: Final = 1.0
"""A smaller overlap or gap is rounding of coordinates, not a slip of drawing."""
SLIVER_WIDTH_M: Final = 2.0
"""A gap narrower than this is two tracings of one line, not a piece of ground."""
LARGEST_GAP_M2: Final = 10_000.0
"""A larger gap is more likely water, a park or a station than a slip: a note, not a warning."""
APART_M: Final = 100.0
"""A grid this far from the rest of its community, beside another one's, is likely misnamed; a
street or a canal between grids is narrower."""
PERSONS_LOW: Final = 1.2
PERSONS_HIGH: Final = 6.0
"""Persons a household: the census of 2020 has 2.62 on average; beyond these it is another unit."""
DENSITY_HIGH: Final = 100_000
"""People a km2 of a grid; the densest quarters that are documented have 70,000 to 90,000."""
HOUSEHOLDS_LOW: Final = 30
HOUSEHOLDS_HIGH: Final = 1_500
"""Households a grid: outside them one is not a community grid but a hamlet or a community."""
ADVISED_LOW: Final = 200
ADVISED_HIGH: Final = 250
"""Households a grid that documents on dividing communities advise; outside them is only a hint."""
PEOPLE_JUMP: Final = 0.20
"""Share by which a grid's people may change in a month before somebody should look."""
FLOOR_AREA_HIGH_M2: Final = 20_000
"""Floor area of a community facility; above it the unit is often mu or a whole campus is meant."""
