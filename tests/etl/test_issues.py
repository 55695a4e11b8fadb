"""Faults in the order people read them, long lists cut and counted; progress on a terminal."""

import io

import numpy as np
import pytest

from etl.effects import Effects
from etl.findings import Findings, findings
from etl.issues import SourceRows
from etl.layers import Fault
from etl.progress import Progress, on_terminal
from etl.report import groups_text
from geo.errors import CancelledError


def _fault(code: str, severity: str, row: int | None = None, source: str = "a.csv") -> Fault:
    return Fault(code, severity, source, row, None, f"{code} is wrong.", "Put it right.")


def _found(faults: list[Fault], effects: dict[int, list[int]] | None = None) -> Findings:
    source = SourceRows("a.csv", "facilities", "", 0, 20, 20, 0, 0, "WGS84", "utf-8", None)
    grids = {at: np.array(own, dtype=np.int64) for at, own in (effects or {}).items()}
    return findings(faults, [source], Effects(grids), lambda _source, row: f"row {row} as read")


def test_the_gravest_come_first_then_code_file_and_row() -> None:
    faults = [
        _fault("B", "note"),
        _fault("C", "warning", 9),
        _fault("C", "warning", 2),
        _fault("A", "blocking", 5, "b.csv"),
        _fault("A", "blocking", 7, "a.csv"),
    ]
    ordered = [(f.severity, f.source, f.row) for f in _found(faults).faults]
    assert ordered == [
        ("blocking", "a.csv", 7),
        ("blocking", "b.csv", 5),
        ("warning", "a.csv", 2),
        ("warning", "a.csv", 9),
        ("note", "a.csv", None),
    ]


def test_what_more_grids_depend_on_comes_first_and_what_cannot_be_told_last() -> None:
    faults = [
        _fault("A", "warning", 1),
        _fault("B", "note", 1),
        _fault("C", "note", 1),
        _fault("C", "note", 2),
        _fault("D", "warning", 1),
    ]
    # the two of C share grid 6: three grids in all; nobody knows what depends on A
    found = _found(faults, {1: [4], 2: [5, 6], 3: [6, 7], 4: []})
    assert [(g.code, g.effect_grids) for g in found.groups] == [
        ("C", 3),
        ("B", 1),
        ("D", 0),
        ("A", None),
    ]
    assert found.effects == [2, 2, 1, 0, None]


def test_a_group_counts_rows_and_their_share_and_shows_three() -> None:
    summary = Fault("S", "warning", "a.csv", 3, None, "Four.", "Do.", 4, (3, 5, 7, 9))
    (group,) = _found([summary, _fault("S", "warning", 11)]).groups
    assert (group.count, group.rows, group.rows_in, group.share) == (5, 5, 20, 0.25)
    assert [(s.row, s.content) for s in group.samples] == [
        (3, "row 3 as read"),
        (5, "row 5 as read"),
        (7, "row 7 as read"),
    ]
    (whole,) = _found([_fault("W", "note")]).groups
    assert (whole.count, whole.rows, whole.share) == (1, None, None)


def test_a_long_list_is_cut_and_the_rest_counted() -> None:
    faults = [_fault("C", "warning", row) for row in range(1, 1_208)]
    found = _found([*faults, *(_fault("C", "warning", row, "b.csv") for row in range(3))])
    kept = found.faults
    assert len(kept) == 504
    assert kept[500].message.startswith("707 more of this code")
    assert (kept[500].source, kept[500].affected) == ("a.csv", 707)
    assert sum(f.affected for f in kept) == 1_210
    assert [group.count for group in found.groups] == [1_207, 3]


def test_the_summary_names_each_kind_once_with_the_first_rows() -> None:
    faults = [_fault("C", "warning", row) for row in (4, 8, 15, 16)]
    faults = [Fault(*(*vars(f).values(),)[:5], f"Row {f.row} is.", "Do.") for f in faults]
    text = groups_text(_found(faults, {0: [1], 1: [1]}).groups)
    assert text.splitlines() == [
        "warning C a.csv: 4, 20.0% of the rows; 1 grid depends on it",
        "    row 4: Row 4 is.",
        "    row 8: Row 8 is.",
        "    row 15: Row 15 is.",
        "    Do.",
    ]
    assert "To undo: " in groups_text(_found([_fault("XY_ZERO", "warning", 4)]).groups)
    assert groups_text([]) == "no faults"


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_one_bar_that_is_redrawn() -> None:
    out = _Terminal()
    show = on_terminal(out)
    show(0.5, "half")
    show(1.0, "done")
    assert out.getvalue().count("\n") == 1
    assert "[############............]  50% half" in out.getvalue()
    assert out.getvalue().endswith("100% done\n")


def test_steps_are_timed_and_a_cancel_stops_at_the_next_one() -> None:
    asked = False

    def check() -> None:
        if asked:
            raise CancelledError("stop")

    progress = Progress(check=check)
    progress.at(0.1, "first")
    progress.at(0.2, "second")
    progress.end("done")
    assert list(progress.seconds) == ["first", "second"]
    assert min(progress.seconds.values()) >= 0
    asked = True
    with pytest.raises(CancelledError):
        progress.at(0.3, "third")
