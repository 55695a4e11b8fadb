"""Read what the grids say of who answers for them, and refuse grids of several types at once."""

from collections.abc import Sequence
from typing import Final

from etl.layers import Fault, Layer, Objects
from etl.readers.numbers import is_nothing
from etl.readers.raw import objects
from etl.section import count

_VACANT: Final = ("空缺", "缺", "待定", "待配", "未配备", "vacant")
"""Words in the place of a name that say that there is nobody."""


def has_worker(grids: Layer) -> Objects:
    """Tell for each grid whether a worker is named: y or n; None where there is no such column.

    The name itself goes no further.
    """
    cells = grids.columns.get("worker_name")
    if cells is None:
        return objects([None] * len(grids.row))
    return objects(["y" if names_somebody(cell) else "n" for cell in cells])


def type_faults(grids: Layer, types: Sequence[tuple[str, int, int]]) -> list[Fault]:
    """Refuse grids of several types: they are different divisions of one ground.

    Parameters
    ----------
    types
        Type, how many grids are of it and the row of the first; the commonest first.
    """
    if len(types) < 2:
        return []
    header = grids.headers.get("grid_type", "grid_type")
    listed = ", ".join(f"{name} ({number:,})" for name, number, _ in types[:5])
    wanted = types[0][0].replace("'", "''")
    row = types[1][2]
    return [
        Fault(
            *("GRID_TYPE_MIX", "blocking", grids.source, row, None),
            f"{count(len(types), 'type')} of grids stand in one file: {listed}; "
            "one figure cannot count them together.",
            f"Load one type by where = \"{header} = '{wanted}'\" in [grids], and each other as "
            "[[units]] with a where of its own.",
            affected=sum(number for _, number, _ in types),
        )
    ]


def names_somebody(cell: str | None) -> bool:
    """Tell whether a cell names a person, not that there is nobody."""
    text = (cell or "").strip()
    return not is_nothing(text) and text.casefold() not in _VACANT
