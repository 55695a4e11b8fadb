"""Answer who is out of reach and who has not enough: for programs, and for the page."""

from typing import Any

from geo.store.asking import Question
from geo.store.opened import OpenRelease
from geo.store.underserved import far_rows, short_rows, summary
from geo.store.underserved_lists import grid_names

_AREA = 100.0
_MILLI = 1000.0


def underserved_asked(
    release: OpenRelease, question: Question, minute: int, *, limit: int, offset: int
) -> dict[str, Any]:
    """List both lists, those with the most people first; amounts in persons or square metres.

    Parameters
    ----------
    limit, offset
        Of the rows of each list.
    """
    divisor = _AREA if question.basis == "area" else _MILLI
    totals = summary(release, question, minute)
    names = grid_names(release, question)
    amounts = ("gap", "gap_listed", "gap_on_target")
    far = far_rows(release, question, minute)[offset : offset + limit]
    few = short_rows(release, question, minute)[offset : offset + limit]
    return {
        "minutes": minute,
        "mode": question.mode,
        "basis": question.basis,
        "metres": totals["limit_dm"] / 10,
        **{name: totals[name] / divisor for name in amounts},
        "far": {
            **totals["far"],
            "rows": [
                {
                    "grid_id": names[row["i"]],
                    "denominator": row["denominator"] / divisor,
                    "numerator": row["numerator"] / divisor,
                    "gap": row["gap"] / divisor,
                    "line_m": _metres(row["line_dm"]),
                    "walk_m": _metres(row["walk_dm"]),
                    **{name: row[name] for name in ("detour", "cause", "suggestion", "doubt")},
                    "missing": [_code(release, idx) for idx in row["missing"]],
                }
                for row in far
            ],
        },
        "short": {
            **totals["short"],
            "rows": [
                {
                    "grid_id": names[row["i"]],
                    "denominator": row["denominator"] / divisor,
                    **{name: row[name] for name in ("access", "wanted", "cause", "suggestion")},
                    "floor_m2": _square_metres(row["floor_dm2"]),
                    "floor_m2_min": _square_metres(row["floor_min_dm2"]),
                }
                for row in few
            ],
        },
        "limit": limit,
        "offset": offset,
        "release": release.id,
    }


def _code(release: OpenRelease, idx: int) -> str:
    return next(one.code for one in release.facts.categories if one.idx == idx)


def _metres(distance_dm: int | None) -> float | None:
    return None if distance_dm is None else distance_dm / 10


def _square_metres(area_dm2: int | None) -> float | None:
    return None if area_dm2 is None else area_dm2 / 100
