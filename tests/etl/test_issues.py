"""Faults in the order people read them, long lists cut and counted; progress on a terminal."""

import io

import pytest

from etl.issues import in_order
from etl.layers import Fault
from etl.progress import Progress, on_terminal
from etl.report import faults_text
from geo.errors import CancelledError


def _fault(code: str, severity: str, row: int | None = None, source: str = "a.csv") -> Fault:
    return Fault(code, severity, source, row, None, f"{code} is wrong.", "Put it right.")


def test_the_gravest_come_first_then_code_file_and_row() -> None:
    faults = [
        _fault("B", "note"),
        _fault("C", "warning", 9),
        _fault("C", "warning", 2),
        _fault("A", "blocking", 5, "b.csv"),
        _fault("A", "blocking", 7, "a.csv"),
    ]
    ordered = [(f.severity, f.source, f.row) for f in in_order(faults)]
    assert ordered == [
        ("blocking", "a.csv", 7),
        ("blocking", "b.csv", 5),
        ("warning", "a.csv", 2),
        ("warning", "a.csv", 9),
        ("note", "a.csv", None),
    ]


def test_a_long_list_is_cut_and_the_rest_counted() -> None:
    faults = [_fault("C", "warning", row) for row in range(1, 1_208)]
    kept = in_order([*faults, *(_fault("C", "warning", row, "b.csv") for row in range(3))])
    assert len(kept) == 504
    assert kept[-1].message.startswith("707 more of this code")
    assert kept[-1].source == "a.csv"


def test_the_summary_names_each_kind_once_with_the_first_rows() -> None:
    text = faults_text([_fault("C", "warning", row) for row in (4, 8, 15, 16)])
    assert text.splitlines() == [
        "warning C a.csv: 4",
        "    row 4: C is wrong. Put it right.",
        "    row 8: C is wrong. Put it right.",
        "    row 15: C is wrong. Put it right.",
    ]
    assert faults_text([]) == "no faults"


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
